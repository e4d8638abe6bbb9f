import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { says } from '../../apps/gateway/test/scripted-provider.js';
import {
  beginStream,
  ChatStack,
  CHEAP,
  DEAR,
  event,
  messages,
  POLICY,
} from '../stack/chat-stack.js';

describe('chat with the official client', () => {
  let chat: ChatStack;
  beforeAll(async () => {
    chat = await ChatStack.boot();
  });
  afterEach(() => chat.mend());
  afterAll(() => chat.stop());

  it('lists models', async () => {
    const ids: string[] = [];
    for await (const { id } of chat.openai.models.list()) ids.push(id);
    expect(ids).toEqual(expect.arrayContaining(['auto', POLICY, CHEAP, DEAR]));
  });

  it.each([
    [CHEAP, 'cheap', 'pinned'],
    [DEAR, 'dear', 'pinned'],
    [POLICY, 'cheap', 'min-cost'],
    ['acme/d*', 'dear', 'balanced'],
    ['auto', expect.stringMatching(/^(cheap|dear)$/), 'balanced'],
  ])('chats with %s', async (model, content, policy) => {
    const { data, response } = await chat.openai.chat.completions
      .create({ model, messages })
      .withResponse();
    expect(data.choices[0]?.message.content).toEqual(content);
    expect(data.usage?.total_tokens).toBe(12);
    expect(response.headers.get('x-zerorouter-policy')).toBe(policy);
    const answered = `acme/${data.choices[0]?.message.content}`;
    expect(response.headers.get('x-zerorouter-model')).toBe(answered);
    expect(response.headers.get('x-zerorouter-attempts')).toBe(`${answered};200`);
    if (policy === 'pinned')
      return expect(response.headers.get('x-zerorouter-decision-id')).toBeNull();
    const decision = await chat.decisionOf(response);
    expect(decision).toMatchObject({
      model: answered,
      policy,
      request: { answered_by: answered, attempts: [{ model: answered, outcome: 200 }] },
    });
    const excluded = decision.candidates.filter((one) => one.excluded === 'no deployment');
    expect(excluded.length).toBeGreaterThan(model === 'acme/d*' ? -1 : 10);
    const { body } = await chat.admin('GET', `decisions/${decision.decision_id}/replay`);
    expect(body).toMatchObject({ same: true, differences: [] });
  });

  it('streams each piece when it comes', async () => {
    let proceed = (): void => undefined;
    chat.cheap.script = (response, call, body) => {
      void beginStream(response, call, body);
      let sent = 0;
      proceed = () => {
        if (sent++ < 20) response.write(event(String(sent)));
        else response.end('data: [DONE]\n\n');
      };
      proceed();
    };
    const stream = await chat.openai.chat.completions.create({
      model: POLICY,
      messages,
      stream: true,
    });
    const pieces: string[] = [];
    // The next piece leaves only when the one before has come: kept back, the test would not end.
    for await (const chunk of stream) {
      pieces.push(chunk.choices[0]!.delta.content!);
      proceed();
    }
    expect(pieces).toEqual(Array.from({ length: 20 }, (_, i) => String(i + 1)));
    expect(JSON.parse(chat.cheap.calls.at(-1)!.body)).toMatchObject({ stream: true });
  });

  it('passes tools, formats and whatever else, there and back', async () => {
    const call = { id: 't1', type: 'function', function: { name: 'rain', arguments: '{"a":1}' } };
    chat.cheap.script = says(200, {
      choices: [{ index: 0, finish_reason: 'tool_calls', message: { tool_calls: [call] } }],
    });
    const request = {
      model: POLICY,
      messages,
      n: 2,
      logprobs: true,
      tools: [{ type: 'function' as const, function: { name: 'rain', parameters: {} } }],
      response_format: { type: 'json_object' as const },
      max_completion_tokens: 50,
    };
    const { choices } = await chat.openai.chat.completions.create(request);
    expect(choices[0]?.message.tool_calls).toEqual([call]);
    expect(JSON.parse(chat.cheap.calls.at(-1)!.body)).toEqual({
      ...request,
      model: 'upstream-cheap',
    });
  });

  it('takes an aborted stream back to the provider', async () => {
    chat.cheap.script = (response, call, body) => {
      void beginStream(response, call, body);
      response.write(event('first'));
    };
    const stream = await chat.openai.chat.completions.create({
      model: CHEAP,
      messages,
      stream: true,
    });
    const sockets = chat.cheap.sockets.size;
    for await (const _ of stream) stream.controller.abort();
    await chat.until(() => chat.cheap.sockets.size < sockets);
  });

  it('takes an aborted wait back to the provider, too', async () => {
    chat.cheap.script = () => undefined;
    const [calls, sockets] = [chat.cheap.calls.length, chat.dear.sockets.size];
    const client = new AbortController();
    const answer = chat.openai.chat.completions.create(
      { model: POLICY, messages },
      { signal: client.signal },
    );
    await chat.until(() => chat.cheap.calls.length > calls);
    const waiting = chat.cheap.sockets.size;
    client.abort();
    await expect(answer).rejects.toThrow(/abort/i);
    await chat.until(() => chat.cheap.sockets.size < waiting);
    expect(chat.dear.sockets.size).toBeLessThanOrEqual(sockets);
  });

  it('gets embeddings and responses', async () => {
    chat.cheap.script = says(200, { object: 'list', data: [{ index: 0, embedding: [0.5, 1] }] });
    for (const model of [CHEAP, 'auto']) {
      const input = { model, input: 'x', encoding_format: 'float' as const };
      const { data } = await chat.openai.embeddings.create(input);
      expect(data[0]?.embedding).toEqual([0.5, 1]);
      expect(chat.cheap.calls.at(-1)).toMatchObject({ path: '/v1/embeddings' });
      expect(JSON.parse(chat.cheap.calls.at(-1)!.body)).toEqual({
        ...input,
        model: 'upstream-cheap',
      });
    }
    chat.dear.script = says(200, { id: 'r1', object: 'response', output: [] });
    const { id } = await chat.openai.responses.create({ model: DEAR, input: 'x' });
    expect([id, chat.dear.calls.at(-1)?.path]).toEqual(['r1', '/v1/responses']);
    const refused = chat.openai.responses.create({ model: 'auto', input: 'x' });
    await expect(refused).rejects.toMatchObject({ status: 400, param: 'model' });
    await expect(refused).rejects.toThrow(/RESPONSES_MODEL/);
  });

  it('sends images to models that see', async () => {
    const content = [
      { type: 'text' as const, text: 'What is this?' },
      { type: 'image_url' as const, image_url: { url: 'data:image/png;base64,AAAA' } },
    ];
    const request = { model: POLICY, messages: [{ role: 'user' as const, content }] };
    const { choices } = await chat.openai.chat.completions.create(request);
    expect(choices[0]?.message.content).toBe('dear');
    const answer = chat.errorOf(await chat.post({ ...request, model: 'acme/c*' }));
    expect(answer).toMatchObject({ status: 422, code: 'no-eligible-model' });
    expect(answer.message).toContain(`${CHEAP} (lacks vision)`);
    expect(answer.message.length).toBeLessThan(10_000);
  });
});
