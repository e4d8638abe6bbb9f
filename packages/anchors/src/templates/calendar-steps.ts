import { textItem, type Template } from '../template.js';

const DAY = 86_400_000;
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const iso = (time: number): string => new Date(time).toISOString().slice(0, 10);
const weekday = (time: number): string => WEEKDAYS[new Date(time).getUTCDay()] as string;

export const calendarSteps: Template = {
  family: 'calendar-steps',
  domain: 'units-time',
  perLevel: 2,
  draw(level, random) {
    const start = Date.UTC(random.int(2024, 2032), random.int(0, 11), random.int(1, 28));
    if (level === 1) {
      const days = random.int(2, 12);
      const answer = weekday(start + days * DAY);
      return textItem(random, {
        question: `Today is ${weekday(start)}. Which day of the week is it in ${days} days?`,
        level,
        answer,
        effort: 3,
        slips: WEEKDAYS.filter((day) => day !== answer).slice(0, 3),
        grader: { among: WEEKDAYS },
        what: 'the day of the week',
      });
    }
    if (level === 3) {
      const days = random.int(100, 900);
      const answer = weekday(start + days * DAY);
      return textItem(random, {
        question: `${iso(start)} is a ${weekday(start)}. Which day of the week is it ${days} days later?`,
        level,
        answer,
        effort: 12,
        slips: WEEKDAYS.filter((day) => day !== answer).slice(0, 3),
        grader: { among: WEEKDAYS },
        what: 'the day of the week',
      });
    }
    let time = start;
    let text = '';
    let before = start;
    const rounds = { 2: 1, 4: 3, 5: 6 }[level];
    for (let i = 0; i < rounds; i++) {
      before = time;
      const days = random.int(20, level === 2 ? 40 : 400);
      if (i % 2 === 1) {
        const target = random.int(0, 6);
        time += DAY;
        while (new Date(time).getUTCDay() !== target) time += DAY;
        text += `, then to the first ${WEEKDAYS[target]} strictly after that`;
      } else {
        const back = i > 0 && random.chance(0.4);
        time += (back ? -days : days) * DAY;
        text += `${i > 0 ? ', then' : ''} ${days} days ${back ? 'back' : 'forward'}`;
      }
    }
    const answer = iso(time);
    return textItem(random, {
      question: `Start on ${iso(start)}${level > 2 ? ` (a ${weekday(start)})` : ''} and go${text}. Which date do you reach?`,
      level,
      answer,
      effort: rounds * 9,
      slips: [iso(time + DAY), iso(time - DAY), iso(before), iso(time + 30 * DAY)],
      grader: { form: 'date' },
      what: 'the date as YYYY-MM-DD',
    });
  },
};
