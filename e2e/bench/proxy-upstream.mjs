import { once } from 'node:events';
import { Agent, createServer, request as httpRequest } from 'node:http';

const USAGE = { prompt_tokens: 9, completion_tokens: 20, total_tokens: 29 };
const WHOLE = JSON.stringify({
  id: 'c1',
  object: 'chat.completion',
  model: 'bench',
  choices: [
    { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'x'.repeat(200) } },
  ],
  usage: USAGE,
});
const chunk = (more) =>
  `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', model: 'bench', ...more })}\n\n`;
const PIECES = Array.from({ length: 20 }, (_, i) =>
  chunk({ choices: [{ index: 0, delta: { content: `piece ${i} ` }, finish_reason: null }] }),
);
const END = chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });

/** Answers at once: what is measured is what lies in front of it. A stream comes in twenty pieces. */
export async function startUpstream() {
  return listen((request, response) => {
    const parts = [];
    request.on('data', (bytes) => parts.push(bytes));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString();
      if (!body.includes('"stream":true'))
        return response
          .writeHead(200, { 'content-type': 'application/json', 'content-length': WHOLE.length })
          .end(WHOLE);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const piece of PIECES) response.write(piece);
      response.write(END);
      if (body.includes('include_usage')) response.write(chunk({ choices: [], usage: USAGE }));
      response.end('data: [DONE]\n\n');
    });
  });
}

/** As little as a proxy can do in Node. */
export async function startBareProxy(origin) {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const { hostname, port } = new URL(origin);
  const proxy = await listen((request, response) => {
    const { url: path, method, headers } = request;
    const onward = httpRequest({ hostname, port, path, method, headers, agent }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  return {
    url: `${proxy.origin}/v1/chat/completions`,
    close: async () => {
      agent.destroy();
      await proxy.close();
    },
  };
}

async function listen(handler) {
  const server = createServer({ keepAliveTimeout: 60_000 }, handler);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
