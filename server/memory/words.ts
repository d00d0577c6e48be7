/**
 * How a text becomes the words that are compared when memory is searched. The same on both sides, whatever the database:
 *
 * - Unicode's normal form KC, lower case, without the accents of Latin, Greek and Cyrillic letters; English plurals lose their s
 *   (Harman, "How effective is suffixing?", 1991: the S stemmer).
 * - Scripts that set no blanks between words (Chinese, Japanese, Thai, …), and Korean, whose particles hang on them, become
 *   pairs of characters that overlap: 東京都 is 東京, 京都, 都. Each character begins one of them, so that a word of one character is
 *   found by what begins with it, one of two by itself. Against SQLite's trigram index this takes a quarter of the room and finds words
 *   shorter than three characters.
 * - An emoji is a word.
 */
export interface Word {
  word: string;
  /** Where it stands in the text. */
  start: number;
  end: number;
}

export interface Term {
  word: string;
  /** Whether words that begin with it are meant as well. */
  isPrefix: boolean;
}

/** The form of a text in which `wordsOf` finds words, and of which snippets are cut. */
export const normalForm = (text: string): string => text.normalize("NFKC");

/** The words of a text in its normal form, in their order. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  for (const match of text.matchAll(pattern)) {
    if (match[1] === undefined) words.push(simpleWord(match[0], match.index));
    else addPairs(words, match[0], match.index);
  }
  return words;
}

/** What a query asks for: its words once each, without those that say nothing unless there are no others. At most 24. */
export function termsOf(query: string): Term[] {
  const text = normalForm(query);
  const terms = new Map<string, Term>();
  for (const match of text.matchAll(pattern)) {
    const words: Word[] = [];
    if (match[1] === undefined) words.push(simpleWord(match[0], 0));
    else addPairs(words, match[0], 0);
    // The last character by itself begins a pair that the query does not have; alone, it is all there is to go by.
    const isPrefix = match[1] !== undefined && words.length === 1;
    for (const { word } of match[1] === undefined || isPrefix ? words : words.slice(0, -1)) if (!terms.has(word)) terms.set(word, { word, isPrefix });
  }
  const all = [...terms.values()];
  const telling = all.filter(({ word }) => !stopWords.has(word));
  return (telling.length > 0 ? telling : all).slice(0, mostTerms);
}

/** Whether a word of a text is one that the term asks for. */
export function fits({ word, isPrefix }: Term, candidate: string): boolean {
  return isPrefix ? candidate.startsWith(word) : candidate === word;
}

const mostTerms = 24;

/** Of one word; the rest of a longer one (a key, a data URL) is not looked at. */
const longestWord = 64;

/** First the scripts without blanks, then words of the others, then emoji. */
const pattern =
  /([[\p{scx=Hani}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]&&[\p{L}\p{M}\p{N}]]+)|(?:(?![\p{scx=Hani}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}])[\p{L}\p{M}\p{N}])+|\p{Extended_Pictographic}/gv;

function simpleWord(text: string, start: number): Word {
  const cut = text.slice(0, longestWord);
  return { word: stem(plain(cut)), start, end: start + cut.length };
}

function addPairs(words: Word[], run: string, start: number): void {
  const characters = Array.from(run);
  let at = start;
  for (const [index, character] of characters.entries()) {
    const next = characters[index + 1] ?? "";
    words.push({ word: character + next, start: at, end: at + character.length + next.length });
    at += character.length;
  }
}

/** Accents of kana and of Indian scripts make other letters, and stay. */
function plain(word: string): string {
  const lower = word.toLowerCase();
  return /^\p{ASCII}*$/u.test(lower) ? lower : lower.normalize("NFD").replaceAll(/[\u0300-\u036f]/g, "").normalize("NFC");
}

function stem(word: string): string {
  if (word.length < 4 || !/^[a-z]+s$/.test(word) || /(?:us|ss|[aeo]es|[ae]ies)$/.test(word)) return word;
  return word.endsWith("ies") ? `${word.slice(0, -3)}y` : word.slice(0, -1);
}

/** English words that are in every other sentence. Those of other languages are found to be common by counting. */
const stopWords = new Set(
  "a about all also am an and any are as at be because been but by can could did do does for from had has have he her hi his how i if in into is it its just like me my no not of on or our please s she should so some t than that the their them then there these they thi this to too us was we were what when where which who whose why will with would you your"
    .split(" "),
);
