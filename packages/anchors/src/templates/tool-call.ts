import { jsonFormat } from '../answer-format.js';
import type { Random } from '../random.js';
import type { Level, Template } from '../template.js';

interface Tool {
  name: string;
  description: string;
  parameters: string;
}
interface Call {
  tool: string;
  arguments: Record<string, string | number | boolean | string[]>;
}

const TOOLS: Record<string, Tool> = Object.fromEntries(
  (
    [
      [
        'get_weather',
        'Forecast for a city',
        'city: string, date: string (YYYY-MM-DD), unit: "celsius" | "fahrenheit" (optional)',
      ],
      [
        'get_weather_history',
        'Measured weather of a past day',
        'city: string, date: string (YYYY-MM-DD)',
      ],
      [
        'create_event',
        'Put an event into the calendar',
        'title: string, start: string (YYYY-MM-DDTHH:MM), duration_min: integer, attendees: string[] (optional)',
      ],
      [
        'move_event',
        'Change the start of an existing event',
        'event_id: string, start: string (YYYY-MM-DDTHH:MM)',
      ],
      [
        'cancel_event',
        'Remove an event from the calendar',
        'event_id: string, notify: boolean (optional)',
      ],
      ['send_email', 'Send an e-mail', 'to: string[], subject: string, body: string'],
      [
        'set_reminder',
        'Remind the user at some time',
        'text: string, at: string (YYYY-MM-DDTHH:MM)',
      ],
      [
        'convert_currency',
        'Convert an amount of money',
        'amount: number, from: string (ISO code), to: string (ISO code)',
      ],
      [
        'transfer_money',
        'Pay an amount to an account',
        'amount_cents: integer, currency: string (ISO code), to_account: string, reference: string (optional)',
      ],
      [
        'book_table',
        'Reserve a table in a restaurant',
        'restaurant: string, time: string (YYYY-MM-DDTHH:MM), persons: integer',
      ],
      [
        'search_files',
        'Find files by name or content',
        'query: string, modified_after: string (YYYY-MM-DD, optional), type: "pdf" | "sheet" | "text" (optional)',
      ],
      [
        'ask_user',
        'Ask for something that is missing',
        'missing: string[] (names of the missing required parameters of the tool that fits)',
      ],
    ] as const
  ).map(([name, description, parameters]) => [name, { name, description, parameters }]),
);
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const DAY = 86_400_000;
const iso = (time: number): string => new Date(time).toISOString().slice(0, 10);

function request(level: Level, random: Random, today: number): { said: string; call: Call } {
  const city = random.pick(['Tampere', 'Porto', 'Graz', 'Lyon', 'Bergen', 'Utrecht']);
  const names = random.sample(
    [
      'mila@nordhus.example',
      'otto@nordhus.example',
      'sana@nordhus.example',
      'piet@nordhus.example',
    ],
    2,
  );
  const [hour, minute] = [random.int(8, 19), random.pick(['00', '15', '30', '45'])];
  const ahead = random.int(3, 6);
  const target = today + ahead * DAY;
  const weekday = WEEKDAYS[new Date(target).getUTCDay()] as string;
  const persons = random.int(2, 9);
  const id = `ev-${random.int(1000, 9999)}`;
  const amount = random.int(20, 900);
  switch (level) {
    case 1:
      return random.pick([
        {
          said: `How much is ${amount} US dollars in euros?`,
          call: { tool: 'convert_currency', arguments: { amount, from: 'USD', to: 'EUR' } },
        },
        {
          said: `What will the weather be like in ${city} on ${iso(target)}?`,
          call: { tool: 'get_weather', arguments: { city, date: iso(target) } },
        },
      ]);
    case 2:
      return random.pick([
        {
          said: `Please reserve a table for ${persons} at Casa Lirio tomorrow at ${hour}:${minute}.`,
          call: {
            tool: 'book_table',
            arguments: {
              restaurant: 'Casa Lirio',
              time: `${iso(today + DAY)}T${String(hour).padStart(2, '0')}:${minute}`,
              persons,
            },
          },
        },
        {
          said: `Remind me tomorrow at ${hour}:${minute} to "call the plumber".`,
          call: {
            tool: 'set_reminder',
            arguments: {
              text: 'call the plumber',
              at: `${iso(today + DAY)}T${String(hour).padStart(2, '0')}:${minute}`,
            },
          },
        },
      ]);
    case 3: {
      const half = random.int(1, 4);
      return random.pick([
        {
          said: `Set up a meeting called "Budget" this coming ${weekday} at ${hour}:${minute} for ${half} and a half hours, and invite ${names.join(' and ')}.`,
          call: {
            tool: 'create_event',
            arguments: {
              title: 'Budget',
              start: `${iso(target)}T${String(hour).padStart(2, '0')}:${minute}`,
              duration_min: half * 60 + 30,
              attendees: names,
            },
          },
        },
        {
          said: `How warm was it in ${city} ${ahead} days ago?`,
          call: {
            tool: 'get_weather_history',
            arguments: { city, date: iso(today - ahead * DAY) },
          },
        },
      ]);
    }
    case 4: {
      const shift = random.int(2, 5);
      const start = `${iso(target)}T${String(hour).padStart(2, '0')}:${minute}`;
      const later = new Date(Date.parse(`${start}:00Z`) + (shift * 60 + 45) * 60_000)
        .toISOString()
        .slice(0, 16);
      return random.pick([
        {
          said: `My event ${id} starts on ${weekday} (that is ${iso(target)}) at ${hour}:${minute}. Push it back by ${shift} hours and 45 minutes, please. Don't cancel it, and don't tell anybody.`,
          call: { tool: 'move_event', arguments: { event_id: id, start: later } },
        },
        {
          said: `Pay the ${amount} euros and ${random.int(1, 9)}0 cents that I owe to the tennis club, with the reference "court ${persons}".`,
          call: { tool: 'ask_user', arguments: { missing: ['to_account'] } },
        },
      ]);
    }
    case 5: {
      const [rent, people] = [random.int(300, 900) * persons, persons];
      const month = new Date(
        Date.UTC(new Date(today).getUTCFullYear(), new Date(today).getUTCMonth() + 1, 1),
      );
      const lastFriday = ((): number => {
        let day = Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, 0);
        while (new Date(day).getUTCDay() !== 5) day -= DAY;
        return day;
      })();
      const account = `NL${random.int(10, 99)}ZRBK0${random.int(100000000, 999999999)}`;
      return random.pick([
        {
          said: `We are ${people} flatmates and split the rent of ${rent} euros equally; last month I paid 12.50 euros too much, so take that off my share now. Send the rest to ${account}. No reference is needed.`,
          call: {
            tool: 'transfer_money',
            arguments: {
              amount_cents: (rent / people) * 100 - 1250,
              currency: 'EUR',
              to_account: account,
            },
          },
        },
        {
          said: `On the last Friday of next month I want to be told, a quarter of an hour before ${hour}:00, that I must "leave for the station". No calendar entry, just a nudge.`,
          call: {
            tool: 'set_reminder',
            arguments: {
              text: 'leave for the station',
              at: `${iso(lastFriday)}T${String(hour - 1).padStart(2, '0')}:45`,
            },
          },
        },
        {
          said: `Set up "Retro" with ${names[0]}, at the usual time next ${weekday}. You know how long these take, don't you?`,
          call: { tool: 'ask_user', arguments: { missing: ['start', 'duration_min'] } },
        },
      ]);
    }
  }
}

const SIZES = { 1: 3, 2: 5, 3: 7, 4: 10, 5: 12 } as const;

export const toolCall: Template = {
  family: 'tool-call',
  domain: 'tool-use',
  perLevel: 3,
  draw(level, random) {
    const today = Date.UTC(random.int(2025, 2030), random.int(0, 11), random.int(1, 28));
    const { said, call } = request(level, random, today);
    const others = Object.keys(TOOLS).filter((name) => name !== call.tool && name !== 'ask_user');
    const needed = [
      call.tool,
      ...(call.tool === 'ask_user' ? ['transfer_money', 'create_event'] : ['ask_user']),
    ];
    const names = random.shuffle([
      ...new Set([...needed, ...random.sample(others, SIZES[level] - 2)]),
    ]);
    const list = names.map((name) => {
      const tool = TOOLS[name] as Tool;
      return `- ${tool.name}(${tool.parameters}): ${tool.description}`;
    });
    const wrong = (change: (copy: Call) => void): string => {
      const copy = structuredClone(call);
      change(copy);
      return JSON.stringify(copy);
    };
    const key = Object.keys(call.arguments)[0] as string;
    return {
      text: `You are an assistant with these tools:\n\n${list.join('\n')}\n\nToday is ${WEEKDAYS[new Date(today).getUTCDay()]}, ${iso(today)}. The user says:\n\n"${said}"\n\nWhich call do you make? Answer with one JSON object {"tool": name, "arguments": {…}}. Give exactly the arguments that follow from the request, and leave out optional ones that it does not mention. If a required argument of the fitting tool cannot be known, call ask_user instead. ${jsonFormat(random)}`,
      grader: {
        kind: 'json',
        value: JSON.parse(JSON.stringify(call)) as Record<string, never>,
        unordered: true,
      },
      referenceAnswer: JSON.stringify(call),
      effort: names.length * 2 + level * 6,
      wrongAnswers: [
        wrong((copy) => void (copy.tool = names.find((name) => name !== copy.tool) as string)),
        wrong((copy) => void delete copy.arguments[key]),
        wrong((copy) => void (copy.arguments['note'] = 'x')),
        wrong((copy) => {
          for (const [name, value] of Object.entries(copy.arguments)) {
            copy.arguments[name] =
              typeof value === 'number'
                ? value + 1
                : Array.isArray(value)
                  ? [...value, 'end']
                  : `${String(value)}0`;
          }
        }),
      ],
    };
  },
};
