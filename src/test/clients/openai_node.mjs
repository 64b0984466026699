// Calls a running gateway with the official Node client, unmodified. In an empty folder:
//   npm install openai
//   node PATH/TO/openai_node.mjs [http://localhost:8080/v1]
import { createRequire } from "node:module";
import { isDeepStrictEqual } from "node:util";

// An import is looked for beside this file; the client is where npm was called.
const { default: OpenAI } = createRequire(process.cwd() + "/")("openai");

const baseURL = process.argv[2] ?? "http://localhost:8080/v1";
const EAGLE = "name[The Eagle], eatType[coffee shop], food[Japanese], priceRange[cheap], area[riverside]";
const STEERED = "If you are looking for a cheap Japanese coffee shop in the riverside area, try The Eagle.";
const client = new OpenAI({ baseURL, apiKey: "none", maxRetries: 0 });
let checks = 0;
let failures = 0;

function check(name, holds, seen = "") {
  checks++;
  failures += holds ? 0 : 1;
  console.log((holds ? "ok    " : "FAILED ") + name + (holds ? "" : ": " + JSON.stringify(seen)));
}

const chat = (model, more = {}, options = {}) =>
  client.chat.completions.create({ model, messages: [{ role: "user", content: EAGLE }], ...more }, options);

async function collected(stream) {
  const chunks = [];
  for await (const chunk of await stream) chunks.push(chunk);
  return chunks;
}

async function streamed(stream) {
  const text = {}, reason = {};
  let usage = null;
  for (const chunk of await collected(stream)) {
    usage = chunk.usage ?? usage;
    for (const choice of chunk.choices) {
      text[choice.index] = (text[choice.index] ?? "") + (choice.delta.content ?? "");
      reason[choice.index] = choice.finish_reason ?? reason[choice.index];
    }
  }
  return { text, reason, usage };
}

async function refused(name, call, kind, param) {
  try {
    await call();
    check(name, false, "answered");
  } catch (error) {
    check(name, error instanceof kind && (param === undefined || error.param === param), String(error));
  }
}

for (const model of ["demo", "brand-voice"]) {
  const whole = await chat(model, { temperature: 0 });
  const content = whole.choices[0].message.content;
  check(`${model}: chat`, whole.choices[0].finish_reason === "stop" && whole.usage.completion_tokens > 5, whole);
  if (model === "brand-voice") check("brand-voice: the answer is steered", content === STEERED, whole);

  const stream = await streamed(chat(model, { temperature: 0, stream: true, stream_options: { include_usage: true } }));
  check(`${model}: stream = whole`, stream.text[0] === content, stream);
  check(`${model}: stream's reason and usage`, stream.reason[0] === "stop" && isDeepStrictEqual(stream.usage, whole.usage), stream);

  const texts = (answer) => answer.choices.map((choice) => choice.message.content);
  const two = texts(await chat(model, { n: 2, seed: 7, max_tokens: 20 }));
  const again = texts(await chat(model, { n: 2, seed: 7, max_tokens: 20 }));
  check(`${model}: n`, two.length === 2 && two[0] !== two[1], two);
  check(`${model}: seed`, isDeepStrictEqual(two, again), [two, again]);
  const seeded = await streamed(chat(model, { n: 2, seed: 7, max_tokens: 20, stream: true }));
  check(`${model}: n, seeded and streamed`, isDeepStrictEqual([seeded.text[0], seeded.text[1]], two), seeded);

  const stopped = await chat(model, { temperature: 0, stop: [content.slice(8, 14)] });
  check(`${model}: stop`, stopped.choices[0].message.content === content.slice(0, 8), stopped);
  const short = await chat(model, { temperature: 0, max_tokens: 4 });
  check(`${model}: max_tokens`, short.choices[0].finish_reason === "length" && short.usage.completion_tokens === 4, short);

  const asked = { temperature: 0, logprobs: true, top_logprobs: 5 };
  const records = (await chat(model, asked)).choices[0].logprobs.content;
  check(`${model}: logprobs`, records.length >= 13 && records.every((r) => r.top_logprobs.length === 5 && r.logprob <= 0), records);
  const parts = (await collected(chat(model, { ...asked, stream: true }))).flatMap((chunk) => chunk.choices);
  const sent = parts.flatMap((choice) => choice.logprobs?.content ?? []);
  check(`${model}: logprobs, streamed`, isDeepStrictEqual(sent, records), sent);
  check(`${model}: logprobs spell the text`, records.map((r) => r.token).join("") === content, records);

  const prompt = { model, prompt: "The Eagle is", temperature: 0, max_tokens: 8 };
  const completion = await client.completions.create({ ...prompt, logprobs: 3 });
  const { text, logprobs: legacy } = completion.choices[0];
  check(`${model}: completion`, text.length > 5, completion);
  check(`${model}: legacy logprobs`, legacy.tokens.length === 8
    && legacy.tokens.every((token, i) => text.startsWith(token, legacy.text_offset[i])), completion);
  await refused(`${model}: no prompt is refused by name`, () => client.completions.create({ model, prompt: [] }), OpenAI.BadRequestError, "prompt");
  const pieces = (await collected(client.completions.create({ ...prompt, stream: true }))).flatMap((chunk) => chunk.choices);
  check(`${model}: completion, streamed`, pieces.map((choice) => choice.text).join("") === text, pieces);

  await refused(`${model}: a wrong type is refused by name`, () => chat(model, { temperature: "hot" }), OpenAI.BadRequestError, "temperature");

  const left = await chat(model, { n: 16, logit_bias: { 0: -100 }, stream: true });
  for await (const chunk of left) break;
  check(`${model}: a stream can be left early`, left.controller.signal.aborted);
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 300);
  await refused(`${model}: a whole answer can be left early`,
    () => chat(model, { n: 16, logit_bias: { 0: -100 } }, { signal: abort.signal }), OpenAI.APIUserAbortError);
}

const names = (await collected(client.models.list())).map((model) => model.id);
check("models: list", names.includes("demo") && names.includes("brand-voice"), names);
for (const model of ["demo", "brand-voice"]) {
  check(`models: retrieve ${model}`, (await client.models.retrieve(model)).id === model);
}
await refused("models: an unknown one", () => client.models.retrieve("nothing"), OpenAI.NotFoundError);
await refused("an unknown model", () => chat("nothing"), OpenAI.NotFoundError);
await refused("an unknown model, streamed", () => chat("nothing", { stream: true }), OpenAI.NotFoundError);
await refused("tools under a policy", () => chat("brand-voice", { tools: [{ type: "function", function: { name: "f" } }] }), OpenAI.BadRequestError, "tools");
await refused("too many candidates", () => chat("brand-voice", { logprobs: true, top_logprobs: 21 }), OpenAI.BadRequestError, "top_logprobs");
await refused("an unknown policy", () => chat("demo", {}, { headers: { "x-trimtab-policy": "none" } }), OpenAI.NotFoundError);
await refused("a grammar under a policy", () => chat("brand-voice", { grammar: "root ::= [a-z]" }), OpenAI.BadRequestError, "grammar");

const explained = (await chat("brand-voice", { temperature: 0 }, { headers: { "x-trimtab-explain": "steps" } })).trimtab;
const { steps, ...books } = explained.choices[0];
check("report: one replaced token, two calls", books.replaced === 1 && books.calls === 2, books);
check("report: the books balance", books.drafted === books.kept + books.unsteered + books.discarded
  && books.emitted === books.kept + books.replaced + books.unsteered, books);
check("report: every step is explained", steps.length === books.emitted, steps);
const last = (await collected(chat("brand-voice", { temperature: 0, stream: true }, { headers: { "x-trimtab-explain": "counts" } })))
  .filter((chunk) => chunk.trimtab);
check("report: streamed, the same counts", last.length === 1 && isDeepStrictEqual(last[0].trimtab.choices, [books]), last);

const helper = client.chat.completions.stream({ model: "brand-voice", temperature: 0, messages: [{ role: "user", content: EAGLE }] });
check("the client's own stream helper", (await helper.finalContent()) === STEERED);

let inFlight;
for (let tries = 0; tries < 50 && inFlight !== "0.0"; tries++) {
  const meters = await (await fetch(new URL("/actuator/prometheus", baseURL))).text();
  inFlight = /^trimtab_requests_in_flight_requests (.*)$/m.exec(meters)?.[1];
  await new Promise((resume) => setTimeout(resume, 100));
}
check("what was left early does not run on", inFlight === "0.0", inFlight);

console.log(failures ? `${failures} of ${checks} failed` : `all ${checks} passed`);
process.exit(failures ? 1 : 0);
