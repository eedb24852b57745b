/**
 * A friendly name for a child, made from its `sub`. It is for greeting, not for telling children apart: there are 512 of
 * them, so two children can share one. A moderator acts on `sub`.
 */
import { createHash } from 'node:crypto';
import type { Language } from './texts.ts';

type Words = Readonly<Record<Language, string>>;

/**
 * The same name for the same `sub`, in any language: "Blue Fox" is "Renard Bleu". A hash, so that nobody who sees the
 * name learns anything about `sub`.
 */
export function nicknameFor(sub: string, language: Language): string {
  const digest = createHash('sha256').update(sub).digest();
  const quality = wordAt(QUALITIES, digest.readUInt32BE(0), language);
  const animal = wordAt(ANIMALS, digest.readUInt32BE(4), language);
  return language === 'fr' ? `${animal} ${quality}` : `${quality} ${animal}`;
}

function wordAt(list: readonly Words[], number: number, language: Language): string {
  const words = list[number % list.length];
  if (words === undefined) throw new RangeError('the list of words is empty');
  return words[language];
}

/** 16 of them, in the form that goes with the animals below. */
const QUALITIES: readonly Words[] = [
  { nl: 'Blauwe', fr: 'Bleu', de: 'Blauer', en: 'Blue' },
  { nl: 'Groene', fr: 'Vert', de: 'Grüner', en: 'Green' },
  { nl: 'Rode', fr: 'Rouge', de: 'Roter', en: 'Red' },
  { nl: 'Gele', fr: 'Jaune', de: 'Gelber', en: 'Yellow' },
  { nl: 'Paarse', fr: 'Violet', de: 'Violetter', en: 'Purple' },
  { nl: 'Turquoise', fr: 'Turquoise', de: 'Türkiser', en: 'Turquoise' },
  { nl: 'Gouden', fr: 'Doré', de: 'Goldener', en: 'Golden' },
  { nl: 'Zilveren', fr: 'Argenté', de: 'Silberner', en: 'Silver' },
  { nl: 'Dappere', fr: 'Courageux', de: 'Mutiger', en: 'Brave' },
  { nl: 'Snelle', fr: 'Rapide', de: 'Flinker', en: 'Quick' },
  { nl: 'Vrolijke', fr: 'Joyeux', de: 'Fröhlicher', en: 'Merry' },
  { nl: 'Slimme', fr: 'Malin', de: 'Schlauer', en: 'Clever' },
  { nl: 'Zachte', fr: 'Doux', de: 'Sanfter', en: 'Gentle' },
  { nl: 'Nieuwsgierige', fr: 'Curieux', de: 'Neugieriger', en: 'Curious' },
  { nl: 'Rustige', fr: 'Calme', de: 'Ruhiger', en: 'Calm' },
  { nl: 'Grappige', fr: 'Drôle', de: 'Lustiger', en: 'Funny' },
];

/** 32 of them. All masculine in French and German and never neuter in Dutch, so that one form of each quality fits all. */
const ANIMALS: readonly Words[] = [
  { nl: 'Vos', fr: 'Renard', de: 'Fuchs', en: 'Fox' },
  { nl: 'Beer', fr: 'Ours', de: 'Bär', en: 'Bear' },
  { nl: 'Wolf', fr: 'Loup', de: 'Wolf', en: 'Wolf' },
  { nl: 'Egel', fr: 'Hérisson', de: 'Igel', en: 'Hedgehog' },
  { nl: 'Bever', fr: 'Castor', de: 'Biber', en: 'Beaver' },
  { nl: 'Haas', fr: 'Lièvre', de: 'Hase', en: 'Hare' },
  { nl: 'Dolfijn', fr: 'Dauphin', de: 'Delfin', en: 'Dolphin' },
  { nl: 'Panda', fr: 'Panda', de: 'Panda', en: 'Panda' },
  { nl: 'Tijger', fr: 'Tigre', de: 'Tiger', en: 'Tiger' },
  { nl: 'Leeuw', fr: 'Lion', de: 'Löwe', en: 'Lion' },
  { nl: 'Olifant', fr: 'Éléphant', de: 'Elefant', en: 'Elephant' },
  { nl: 'Pinguïn', fr: 'Pingouin', de: 'Pinguin', en: 'Penguin' },
  { nl: 'Papegaai', fr: 'Perroquet', de: 'Papagei', en: 'Parrot' },
  { nl: 'Pelikaan', fr: 'Pélican', de: 'Pelikan', en: 'Pelican' },
  { nl: 'Kolibrie', fr: 'Colibri', de: 'Kolibri', en: 'Hummingbird' },
  { nl: 'Koala', fr: 'Koala', de: 'Koala', en: 'Koala' },
  { nl: 'Lynx', fr: 'Lynx', de: 'Luchs', en: 'Lynx' },
  { nl: 'Hamster', fr: 'Hamster', de: 'Hamster', en: 'Hamster' },
  { nl: 'Valk', fr: 'Faucon', de: 'Falke', en: 'Falcon' },
  { nl: 'Luipaard', fr: 'Léopard', de: 'Leopard', en: 'Leopard' },
  { nl: 'Jaguar', fr: 'Jaguar', de: 'Jaguar', en: 'Jaguar' },
  { nl: 'Flamingo', fr: 'Flamant', de: 'Flamingo', en: 'Flamingo' },
  { nl: 'Gekko', fr: 'Gecko', de: 'Gecko', en: 'Gecko' },
  { nl: 'Toekan', fr: 'Toucan', de: 'Tukan', en: 'Toucan' },
  { nl: 'Raaf', fr: 'Corbeau', de: 'Rabe', en: 'Raven' },
  { nl: 'Zwaan', fr: 'Cygne', de: 'Schwan', en: 'Swan' },
  { nl: 'Arend', fr: 'Aigle', de: 'Adler', en: 'Eagle' },
  { nl: 'Mus', fr: 'Moineau', de: 'Spatz', en: 'Sparrow' },
  { nl: 'Pauw', fr: 'Paon', de: 'Pfau', en: 'Peacock' },
  { nl: 'Eland', fr: 'Élan', de: 'Elch', en: 'Moose' },
  { nl: 'Bizon', fr: 'Bison', de: 'Bison', en: 'Bison' },
  { nl: 'Poema', fr: 'Puma', de: 'Puma', en: 'Puma' },
];
