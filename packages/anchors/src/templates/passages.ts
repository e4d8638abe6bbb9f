import type { Random } from '../random.js';
import type { Level } from '../template.js';

export interface Passage {
  text: string;
  questions: { level: Level; ask: string; correct: string; distractors: string[] }[];
}

const NAMES = ['Odile', 'Ferran', 'Maren', 'Tariq', 'Yvonne', 'Casper', 'Leonie', 'Bashir'];

/** Written passages with names and numbers of the seed; what is asked follows from the text alone. */
export const PASSAGES: ((random: Random) => Passage)[] = [
  (random) => {
    const [a, b] = random.sample(NAMES, 2) as [string, string];
    const [price, fee, weeks] = [random.int(40, 90), random.int(5, 15), random.int(3, 6)];
    return {
      text: `When the community kiln at Harl Street was rebuilt, ${a}, who had fired pots there for twenty years, opposed the electric model that the council preferred. The old kiln burned wood, which was cheaper for potters because the park gave it away, but it could only be fired on days without wind. ${b}, the treasurer, pointed out that the electric kiln would cost ${price} euros in electricity for each firing, of which the council would pay all but ${fee} euros. In the end the council bought the electric kiln and kept the wood kiln in use for the first ${weeks} weeks, until the insurance for it ran out. ${a} has since taught three courses on the new kiln, and admits that nobody now asks about the wind.`,
      questions: [
        {
          level: 1,
          ask: `What is ${b}'s office?`,
          correct: 'Treasurer',
          distractors: ['Insurer', 'Park keeper', 'Teacher'],
        },
        {
          level: 2,
          ask: 'What was the disadvantage of the wood kiln that the text names?',
          correct: 'It could not be fired when there was wind',
          distractors: ['Its wood was expensive', 'It was too small', 'It took weeks to heat'],
        },
        {
          level: 3,
          ask: 'How much of the electricity for one firing does the council pay?',
          correct: `${price - fee} euros`,
          distractors: [`${price} euros`, `${fee} euros`, `${price + fee} euros`],
        },
        {
          level: 4,
          ask: `What does the last sentence imply about ${a}?`,
          correct: 'The earlier opposition has given way to acceptance',
          distractors: [
            'The new kiln has failed',
            `${a} has gone back to the wood kiln`,
            `${a} was right about the wind`,
          ],
        },
        {
          level: 5,
          ask: 'Which claim is NOT supported by the text?',
          correct: 'Firing with wood stopped because it became more expensive',
          distractors: [
            'For some time both kilns could be used',
            'Potters pay something for an electric firing',
            `${a} had long experience with the old kiln`,
          ],
        },
      ],
    };
  },
  (random) => {
    const [a, b, c] = random.sample(NAMES, 3) as [string, string, string];
    const [early, late] = [random.int(3, 5), random.int(8, 12)];
    return {
      text: `${a} keeps bees on the roof of a school. In spring the hives lose weight, for the bees eat more than they bring in; ${a} therefore weighs them every week and feeds sugar water to every hive that is lighter than ${early} kilograms. ${b}, a pupil, noticed that the scale was standing on an uneven slab and showed half a kilogram too little. They moved it and weighed again: the heaviest hive reached ${late} kilograms, and none was below the limit any more. ${c}, who had already mixed the sugar water, gave it to the fruit flies of the biology class. A week later a swarm left all the same. "Feeding does not keep bees that want more room," said ${a}, and ordered two empty boxes.`,
      questions: [
        {
          level: 1,
          ask: 'Where do the hives stand?',
          correct: 'On the roof of a school',
          distractors: ['In a biology classroom', 'On a slab in the garden', 'Beside an orchard'],
        },
        {
          level: 2,
          ask: 'Who found out that the scale was wrong?',
          correct: b,
          distractors: [a, c, 'The biology teacher'],
        },
        {
          level: 3,
          ask: 'What can be said about the lightest hive after the scale was moved?',
          correct: `It weighed at least ${early} kilograms`,
          distractors: [
            `It weighed exactly ${early} kilograms`,
            `It weighed less than ${early} kilograms`,
            `It weighed ${late} kilograms`,
          ],
        },
        {
          level: 4,
          ask: `Why did ${a} order empty boxes?`,
          correct: 'To give the bees more room',
          distractors: [
            'To store sugar water',
            'To weigh the hives more exactly',
            'To feed the hives that were too light',
          ],
        },
        {
          level: 5,
          ask: 'A hive showed a weight just below the limit in the first weighing, and nothing was added to it or taken from it. Why did it not need feeding by the rule?',
          correct: 'The scale had shown less than its true weight',
          distractors: [
            'The rule was changed after the first weighing',
            'The bees had brought in half a kilogram',
            'The sugar water had been used up',
          ],
        },
      ],
    };
  },
  (random) => {
    const [a, b] = random.sample(NAMES, 2) as [string, string];
    const [year, copies] = [random.int(1890, 1920), random.int(200, 400)];
    return {
      text: `Of the atlas that ${a} Verhoeven printed in ${year}, only two copies of the ${copies} are known today. For a long time scholars held that the rest had burned with the workshop. The librarian ${b} Sandoval doubts it. The insurance papers list presses, type and paper, but no finished books, although these would have been the most valuable goods in the house; and a shipping bill from the week before the fire mentions "forty crates, printed matter", without an address. Sandoval does not claim that the atlases survive. "I only say," she writes, "that whoever wants to believe in the fire must explain why a careful man insured everything but his life's work." The two known copies, it should be added, both turned up in port towns.`,
      questions: [
        {
          level: 1,
          ask: 'How many copies of the atlas are known today?',
          correct: 'Two',
          distractors: ['Forty', String(copies), 'None'],
        },
        {
          level: 2,
          ask: 'What did scholars long believe about the other copies?',
          correct: 'They burned with the workshop',
          distractors: [
            'They were sold in port towns',
            'They were never printed',
            'They were insured',
          ],
        },
        {
          level: 3,
          ask: 'Why do the insurance papers matter to Sandoval?',
          correct: 'They do not list any finished books',
          distractors: [
            'They give an address for the crates',
            'They prove that there was no fire',
            'They name the price of the atlas',
          ],
        },
        {
          level: 4,
          ask: 'What is Sandoval careful NOT to assert?',
          correct: 'That the missing copies still exist',
          distractors: [
            'That the papers list no finished books',
            'That a shipment took place before the fire',
            'That Verhoeven was careful',
          ],
        },
        {
          level: 5,
          ask: 'What is the role of the last sentence in the argument?',
          correct: 'It hints that copies may have been shipped before the fire',
          distractors: [
            'It refutes Sandoval, for ports are far from the workshop',
            'It shows that the fire broke out in a port',
            'It proves that the forty crates held the atlas',
          ],
        },
      ],
    };
  },
  (random) => {
    const [a, b, c] = random.sample(NAMES, 3) as [string, string, string];
    const [first, second] = [random.int(12, 18), random.int(20, 28)];
    return {
      text: `The night bus to the coast is said to be always late, yet the figures tell another story. Of the last thirty trips ${first} arrived on time. ${a}, who drives on weekdays, puts the delays down to the level crossing near Tarn, where the bus may wait for up to twenty minutes; at weekends, when no goods trains run, the crossing is open. ${b}, who collects the figures, found that at weekends the bus was late more often than on weekdays. The explanation came from ${c}, a passenger: on Saturdays and Sundays the bus stops at every farm that has hung out a lantern, by an old right that no timetable mentions. Since the company has added ${second} minutes to the weekend timetable, the figures have improved, although the bus has not become any faster.`,
      questions: [
        {
          level: 1,
          ask: `When does ${a} drive?`,
          correct: 'On weekdays',
          distractors: ['At weekends', 'Every night', 'Only on Sundays'],
        },
        {
          level: 2,
          ask: 'Why is the crossing open at weekends?',
          correct: 'No goods trains run then',
          distractors: [
            'The bus does not run then',
            'The crossing has been closed for good',
            'The farms demand it',
          ],
        },
        {
          level: 3,
          ask: 'How many of the last thirty trips did not arrive on time?',
          correct: String(30 - first),
          distractors: [String(first), String(second), '30'],
        },
        {
          level: 4,
          ask: 'Why have the figures improved?',
          correct: 'The timetable allows for more time at weekends',
          distractors: [
            'The bus drives faster',
            'The lanterns have been forbidden',
            'The crossing is now always open',
          ],
        },
        {
          level: 5,
          ask: `What does ${b}'s finding show about ${a}'s explanation?`,
          correct: 'The crossing cannot be the main cause of the delays at weekends',
          distractors: [
            'The crossing causes no delays at all',
            'The delays on weekdays are caused by lanterns',
            'Goods trains run at weekends after all',
          ],
        },
      ],
    };
  },
  (random) => {
    const [a, b] = random.sample(NAMES, 2) as [string, string];
    const [plots, share] = [random.int(6, 9) * 4, random.pick([4, 2])];
    return {
      text: `In the valley of Ost, water is shared by hours. Each of the ${plots} plots has its turn at the sluice, in an order that is drawn anew every spring; only the miller's plot is always last, since the mill can also use water at night. When ${a} inherited two plots, the assembly had to decide whether she could use both turns one after the other. ${b}, its oldest member, was against it: a long turn dries out the lower ditches, he argued, and they crack. The assembly followed him, though with a condition that he had not asked for: whoever may not use turns together gets one extra hour in every dry month. In the first dry month ${share === 4 ? 'a quarter' : 'half'} of the plots asked for that hour. Most of them, it turned out, belonged to families who had split their land among children only weeks before.`,
      questions: [
        {
          level: 1,
          ask: 'When is the order of the turns drawn?',
          correct: 'Every spring',
          distractors: ['Every month', 'Every night', 'In dry months'],
        },
        {
          level: 2,
          ask: `Why is the miller's plot always last?`,
          correct: 'The mill can also use water at night',
          distractors: [
            'The mill lies lowest',
            'The miller is the oldest member',
            'The mill needs the most water',
          ],
        },
        {
          level: 3,
          ask: 'How many plots asked for the extra hour in the first dry month?',
          correct: String(plots / share),
          distractors: [
            String(plots),
            String(plots / share + 2),
            String(plots - plots / share + 1),
          ],
        },
        {
          level: 4,
          ask: `What was ${b}'s reason?`,
          correct: 'Lower ditches crack when they dry out during a long turn',
          distractors: [
            `${a} was not yet a member`,
            'Two turns would take water from the mill',
            'The order of turns had already been drawn',
          ],
        },
        {
          level: 5,
          ask: 'What does the last sentence suggest?',
          correct: 'Families rearranged their land so as to profit from the condition',
          distractors: [
            `${a} had given land to her children`,
            'The ditches had cracked already',
            'Children were not allowed to use the sluice',
          ],
        },
      ],
    };
  },
  (random) => {
    const [a, b, c] = random.sample(NAMES, 3) as [string, string, string];
    const [days, pieces] = [random.int(9, 14), random.int(30, 60)];
    return {
      text: `The theatre had promised a new curtain by the opening night, ${days} days away. ${a} had sewn ${pieces} of the panels when the red dye ran out. The supplier offered a slightly darker red at once or the right one in two weeks. ${b}, the director, chose the darker red for the panels that were still missing and asked ${a} to alternate the shades, "so that it looks intended". ${c}, who had designed the curtain, was not asked. On the opening night a critic praised "the courage of a curtain that breathes in two tones, as the play does in two voices". ${c} cut the review out, framed it, and hung it in the workshop, above the order form for the right red.`,
      questions: [
        {
          level: 1,
          ask: 'What ran out?',
          correct: 'The red dye',
          distractors: ['The thread', 'The money', 'The panels'],
        },
        {
          level: 2,
          ask: 'Who decided to use the darker red?',
          correct: b,
          distractors: [a, c, 'The supplier'],
        },
        {
          level: 3,
          ask: 'Why was the right red not used for the missing panels?',
          correct: 'It would have come after the opening night',
          distractors: [
            'It was too expensive',
            'The critic disliked it',
            'The designer forbade it',
          ],
        },
        {
          level: 4,
          ask: 'What did the critic not know?',
          correct: 'That the two tones were a makeshift',
          distractors: [
            'That the play has two voices',
            'That the curtain was new',
            'That the curtain was red',
          ],
        },
        {
          level: 5,
          ask: `What does the place where ${c} hung the review convey most plausibly?`,
          correct: 'An ironic remark on praise for an accident',
          distractors: [
            'Gratitude towards the supplier',
            'Regret at having chosen the darker red',
            'Doubt whether the review is genuine',
          ],
        },
      ],
    };
  },
];
