/**
 * A friendly name for a child: a number, drawn by chance, that becomes two words in each language. It says nothing about
 * the child or the card, and no two accounts have the same.
 */
import type { Language } from './language.ts';

type Words = Readonly<Record<Language, string>>;

/** How many names there are before one gets a number. */
export const NICKNAME_COUNT = 512;

/**
 * The name with this number: "Blue Fox" is "Renard Bleu", and {@link NICKNAME_COUNT} further on is "Blue Fox 2".
 *
 * @param nickname A whole number from 0 on.
 */
export function nicknameOf(nickname: number, language: Language): string {
  const place = nickname % NICKNAME_COUNT;
  const round = Math.floor(nickname / NICKNAME_COUNT) + 1;
  const quality = wordAt(QUALITIES, Math.floor(place / ANIMALS.length), language);
  const animal = wordAt(ANIMALS, place % ANIMALS.length, language);
  const words = language === 'fr' ? `${animal} ${quality}` : `${quality} ${animal}`;
  return round === 1 ? words : `${words} ${round}`;
}

function wordAt(list: readonly Words[], number: number, language: Language): string {
  const words = list[number];
  if (words === undefined) throw new RangeError('no nickname has this number');
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
