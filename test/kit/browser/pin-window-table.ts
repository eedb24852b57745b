/** Every screen of the extension's PIN window, with the part of a host that leads there. TEST ONLY. */
import type { Page } from 'playwright';
import type { Language } from '../../../gateway/protocol/fields.ts';
import { HOST_STAGES } from '../../../gateway/protocol/host-messages.ts';
import { textsFor } from '../../../gateway/texts/texts.ts';
import type { ExtensionStage } from './extension-stage.ts';
import type { HostPart } from './scripted-host.ts';

/** A window to look at. `open` resolves when it shows what its name says. */
export interface ShownWindow {
  readonly name: string;
  readonly open: (
    stage: ExtensionStage,
    language: Language,
  ) => Promise<{ page: Page; pinWindow: Page }>;
}

const TWO_CARDS = [
  { firstName: 'Emma', reader: 'Reader 1' },
  { firstName: '', reader: 'Reader 2' },
];

/** All of them. */
export const PIN_WINDOWS: readonly ShownWindow[] = [
  ...HOST_STAGES.map(
    (stage): ShownWindow => ({
      name: `window-${stage}`,
      open: async (extension, language) => {
        const login = await openWith(extension, language, {
          stages: [stage],
          stopAfterStages: true,
        });
        const { title } = textsFor(language).stages[stage];
        await login.pinWindow.getByRole('heading', { name: title }).waitFor();
        return login;
      },
    }),
  ),
  shown('window-pin', {}, '.pin-screen'),
  {
    name: 'window-pin-wrong',
    open: async (stage, language) => {
      const login = await openWith(stage, language, {});
      await login.pinWindow.locator('.pin-screen').waitFor();
      await login.pinWindow.keyboard.type('0000');
      await login.pinWindow.keyboard.press('Enter');
      await login.pinWindow.locator('.pin-message-wrong').waitFor();
      return login;
    },
  },
  shown('window-last-try', { triesLeft: 1 }, '.confirm'),
  shown('window-pin-on-reader', { onReader: true }, 'img[src$="keypad-reader.svg"]'),
  shown('window-which-card', { cards: TWO_CARDS }, '.card-button'),
  shown('window-problem', { failWith: 'CARD_REMOVED' }, '[data-code]'),
  shown('window-age-outside', { failWith: 'AGE_OUTSIDE' }, '[data-code]'),
];

function shown(name: string, part: Partial<HostPart>, sign: string): ShownWindow {
  return {
    name,
    open: async (stage, language) => {
      const login = await openWith(stage, language, part);
      await login.pinWindow.locator(sign).first().waitFor();
      return login;
    },
  };
}

async function openWith(stage: ExtensionStage, language: Language, part: Partial<HostPart>) {
  await stage.setPart(part);
  return stage.openLogin(language);
}
