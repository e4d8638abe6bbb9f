import { textItem, type Template } from '../template.js';

const PEOPLE = ['Nils', 'Farah', 'Greta', 'Imani', 'Tobias', 'Lucia'];
const PLACES = ['kitchen', 'attic', 'garden', 'cellar', 'library', 'garage', 'workshop', 'hall'];
const OBJECTS = ['lantern', 'violin', 'teapot', 'map', 'umbrella', 'camera'];
const SHAPES = {
  1: { people: 2, objects: 1, steps: 4 },
  2: { people: 2, objects: 2, steps: 8 },
  3: { people: 3, objects: 3, steps: 13 },
  4: { people: 4, objects: 4, steps: 20 },
  5: { people: 5, objects: 5, steps: 34 },
} as const;

export const movingObjects: Template = {
  family: 'moving-objects',
  domain: 'reading-comprehension',
  perLevel: 2,
  draw(level, random) {
    const shape = SHAPES[level];
    const people = random.sample(PEOPLE, shape.people);
    const objects = random.sample(OBJECTS, shape.objects);
    const at = new Map(people.map((person) => [person, random.pick(PLACES)]));
    const lies = new Map(objects.map((object) => [object, random.pick(PLACES)]));
    const holder = new Map<string, string>();
    /** Who saw each object last, and where: what a person who left still believes. */
    const belief = new Map<string, string>();
    const where = (object: string): string =>
      at.get(holder.get(object) ?? '') ?? (lies.get(object) as string);
    const observe = (): void => {
      for (const person of people)
        for (const object of objects)
          if (where(object) === at.get(person)) belief.set(`${person}/${object}`, where(object));
    };
    const sentences = [
      ...people.map((person) => `${person} is in the ${at.get(person)}.`),
      ...objects.map((object) => `The ${object} is in the ${lies.get(object)}.`),
    ];
    observe();
    for (let step = 0; step < shape.steps; step++) {
      const person = random.pick(people);
      const here = objects.filter(
        (object) => !holder.has(object) && where(object) === at.get(person),
      );
      const held = objects.filter((object) => holder.get(object) === person);
      const company = people.filter(
        (other) => other !== person && at.get(other) === at.get(person),
      );
      const action = random.next();
      if (here.length > 0 && held.length === 0 && action < 0.7) {
        const object = random.pick(here);
        holder.set(object, person);
        sentences.push(`${person} picks up the ${object}.`);
      } else if (held.length > 0 && company.length > 0 && level >= 3 && action < 0.4) {
        const [object, other] = [random.pick(held), random.pick(company)];
        holder.set(object, other);
        sentences.push(`${person} hands the ${object} to ${other}.`);
      } else if (held.length > 0 && action < 0.45) {
        const object = random.pick(held);
        holder.delete(object);
        lies.set(object, at.get(person) as string);
        sentences.push(`${person} puts the ${object} down.`);
      } else {
        const place = random.pick(PLACES.filter((name) => name !== at.get(person)));
        at.set(person, place);
        sentences.push(`${person} goes to the ${place}.`);
      }
      observe();
    }
    // From level 4 on: where does somebody who has not seen the last moves think it is?
    const mistaken = people.flatMap((person) =>
      objects
        .filter(
          (object) =>
            belief.has(`${person}/${object}`) &&
            belief.get(`${person}/${object}`) !== where(object),
        )
        .map((object) => ({ person, object })),
    );
    const moved = objects.filter((each) =>
      sentences.some((text) => text.endsWith(`picks up the ${each}.`)),
    );
    // A story in which nothing happens to what is asked for asks for nothing.
    const [firstMoved] = moved;
    if (firstMoved === undefined || (level >= 4 && mistaken.length === 0)) {
      return movingObjects.draw(level, random);
    }
    const asked = level >= 4 ? random.pick(mistaken) : null;
    const object = asked?.object ?? moved.find((each) => holder.has(each)) ?? firstMoved;
    const answer = asked ? (belief.get(`${asked.person}/${object}`) as string) : where(object);
    const question = asked
      ? `People notice everything in the place where they are, and nothing elsewhere; whoever carries something takes it along. ${asked.person} now wants the ${object}. In which place did ${asked.person} last see it?`
      : `Whoever carries something takes it along. Where is the ${object} now?`;
    return textItem(random, {
      question: `${sentences.join(' ')}\n\n${question}`,
      level,
      answer,
      effort: sentences.length * (asked ? 2 : 1),
      slips: PLACES.filter((place) => place !== answer).slice(0, 4),
      grader: { among: PLACES },
      what: 'the name of the place',
    });
  },
};
