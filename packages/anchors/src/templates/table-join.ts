import { textItem, type Template } from '../template.js';
import { markdownTable } from './table-query.js';

const AUTHORS = ['Vesna', 'Ruben', 'Halima', 'Cormac', 'Saskia', 'Devi', 'Anton', 'Mireille'];
const SHELVES = ['A1', 'A2', 'B1', 'B2', 'C1', 'C2', 'D1'];
const TITLES = [
  'Salt Roads',
  'The Glass Orchard',
  'Nine Bridges',
  'Low Tide',
  'Paper Moons',
  'The Ninth Hour',
  'Winter Keys',
  'A Quiet Engine',
  'Copper Rain',
  'The Long Field',
  'Harbour Lights',
  'Seven Doors',
];
const SHAPES = { 1: [3, 3], 2: [4, 4], 3: [6, 4], 4: [9, 5], 5: [12, 6] } as const;

export const tableJoin: Template = {
  family: 'table-join',
  domain: 'tables',
  perLevel: 2,
  draw(level, random) {
    const [bookCount, authorCount] = SHAPES[level];
    const ages = random.sample(
      Array.from({ length: 50 }, (_, i) => i + 25),
      authorCount,
    );
    for (;;) {
      const authors = random
        .sample(AUTHORS, authorCount)
        .map((name, i) => ({ name, age: ages[i] as number }));
      const books = random.sample(TITLES, bookCount).map((title) => ({
        title,
        author: random.pick(authors).name,
        shelf: random.pick(SHELVES.slice(0, level + 2)),
      }));
      const loans = books.map(({ title }) => ({ title, loans: random.int(0, 40) }));
      const lent = (title: string): number =>
        (loans.find((loan) => loan.title === title) as { loans: number }).loans;
      const age = (name: string): number =>
        (authors.find((author) => author.name === name) as { age: number }).age;
      const total = (name: string): number =>
        books
          .filter((book) => book.author === name)
          .reduce((sum, { title }) => sum + lent(title), 0);
      const best = <Entry>(list: Entry[], score: (entry: Entry) => number): Entry | null => {
        const sorted = [...list].sort((a, b) => score(b) - score(a));
        return sorted.length === 0 ||
          (sorted.length > 1 && score(sorted[0] as Entry) === score(sorted[1] as Entry))
          ? null
          : (sorted[0] as Entry);
      };
      const shelf = random.pick(SHELVES.slice(0, level + 2));
      let ask: string;
      let answer: string | null;
      let among: string[];
      if (level === 1) {
        const book = random.pick(books);
        ask = `Who is the author of "${book.title}"?`;
        [answer, among] = [book.author, authors.map(({ name }) => name)];
      } else if (level === 2) {
        ask = 'Which book by the oldest author of all has been lent most often?';
        const oldest = best(authors, (author) => author.age);
        answer =
          best(
            books.filter((book) => book.author === oldest?.name),
            (book) => lent(book.title),
          )?.title ?? null;
        among = books.map(({ title }) => title);
      } else if (level === 3) {
        ask = 'The books of which author have been lent most often in total?';
        answer = best(authors, ({ name }) => total(name))?.name ?? null;
        among = authors.map(({ name }) => name);
      } else if (level === 4) {
        ask = `Which author with at least two books in the list has the lowest average number of loans per book?`;
        answer =
          best(
            authors.filter(({ name }) => books.filter((book) => book.author === name).length >= 2),
            ({ name }) => -total(name) / books.filter((book) => book.author === name).length,
          )?.name ?? null;
        among = authors.map(({ name }) => name);
      } else {
        ask = `Leave out all books on shelf ${shelf}. For each author who still has books, add the loans of those books and divide the sum by the author's age. Which author has the highest result?`;
        const left = books.filter((book) => book.shelf !== shelf);
        const score = (name: string): number =>
          left
            .filter((book) => book.author === name)
            .reduce((sum, { title }) => sum + lent(title), 0) / age(name);
        const writers = authors.filter(({ name }) => left.some((book) => book.author === name));
        answer = best(writers, ({ name }) => score(name))?.name ?? null;
        // Only questions in which the age and the shelf matter.
        const careless = best(authors, ({ name }) => total(name))?.name;
        if (careless === answer) continue;
        among = authors.map(({ name }) => name);
      }
      if (answer === null) continue;
      const tables = [
        markdownTable(
          ['Title', 'Author', 'Shelf'],
          books.map((book) => [book.title, book.author, book.shelf]),
        ),
        markdownTable(
          ['Author', 'Age'],
          authors.map((author) => [author.name, author.age]),
        ),
        markdownTable(
          ['Title', 'Loans'],
          random.shuffle(loans).map((loan) => [loan.title, loan.loans]),
        ),
      ];
      const shown = level === 1 ? tables.slice(0, 2) : tables;
      return textItem(random, {
        question: `${shown.join('\n\n')}\n\n${ask}`,
        level,
        answer,
        effort: bookCount * level + authorCount,
        slips: among.filter((name) => name !== answer),
        grader: { among },
        what: 'the name or title',
      });
    }
  },
};
