"""Calls a running gateway with the official Python client, unmodified: python openai_python.py [http://localhost:8080/v1]"""

import sys

import openai

BASE = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8080/v1"
EAGLE = "name[The Eagle], eatType[coffee shop], food[Japanese], priceRange[cheap], area[riverside]"
STEERED = "If you are looking for a cheap Japanese coffee shop in the riverside area, try The Eagle."
MESSAGES = [{"role": "user", "content": EAGLE}]
client = openai.OpenAI(base_url=BASE, api_key="none", max_retries=0)
failures = 0


def check(name, holds, seen=""):
    global failures
    failures += not holds
    print(("ok    " if holds else "FAILED ") + name + ("" if holds else f": {seen!r}"))


def chat(model, **more):
    return client.chat.completions.create(model=model, messages=MESSAGES, **more)


def streamed(chunks):
    text, reason, usage = {}, {}, None
    for chunk in chunks:
        usage = chunk.usage or usage
        for choice in chunk.choices:
            text[choice.index] = text.get(choice.index, "") + (choice.delta.content or "")
            reason[choice.index] = choice.finish_reason or reason.get(choice.index)
    return text, reason, usage


def refused(name, call, kind, param=None):
    try:
        call()
        check(name, False, "answered")
    except kind as error:
        check(name, param is None or error.param == param, error)


for model in ("demo", "brand-voice"):
    whole = chat(model, temperature=0)
    check(f"{model}: chat", whole.choices[0].finish_reason == "stop" and whole.usage.completion_tokens > 5, whole)
    if model == "brand-voice":
        check("brand-voice: the answer is steered", whole.choices[0].message.content == STEERED, whole)

    text, reason, usage = streamed(
        chat(model, temperature=0, stream=True, stream_options={"include_usage": True}))
    check(f"{model}: stream = whole", text[0] == whole.choices[0].message.content, text)
    check(f"{model}: stream's reason and usage", reason[0] == "stop" and usage == whole.usage, (reason, usage))

    two = chat(model, n=2, seed=7, max_tokens=20)
    again = chat(model, n=2, seed=7, max_tokens=20)
    texts = [choice.message.content for choice in two.choices]
    check(f"{model}: n", len(texts) == 2 and texts[0] != texts[1], texts)
    check(f"{model}: seed", texts == [choice.message.content for choice in again.choices], (texts, again))
    text, _, _ = streamed(chat(model, n=2, seed=7, max_tokens=20, stream=True))
    check(f"{model}: n, seeded and streamed", [text[0], text[1]] == texts, (text, texts))

    stop = whole.choices[0].message.content[8:14]
    stopped = chat(model, temperature=0, stop=[stop])
    check(f"{model}: stop", stopped.choices[0].message.content == whole.choices[0].message.content[:8], stopped)
    short = chat(model, temperature=0, max_tokens=4)
    check(f"{model}: max_tokens", short.choices[0].finish_reason == "length" and short.usage.completion_tokens == 4, short)

    records = chat(model, temperature=0, logprobs=True, top_logprobs=5).choices[0].logprobs.content
    check(f"{model}: logprobs", len(records) >= 13 and all(len(r.top_logprobs) == 5 and r.logprob <= 0 for r in records), records)

    parts = [c for c in chat(model, temperature=0, logprobs=True, top_logprobs=5, stream=True) if c.choices]
    sent = [r for part in parts if part.choices[0].logprobs for r in part.choices[0].logprobs.content or []]
    check(f"{model}: logprobs, streamed", sent == records, sent)
    check(f"{model}: logprobs spell the text", "".join(r.token for r in records) == whole.choices[0].message.content, records)

    completion = client.completions.create(model=model, prompt="The Eagle is", temperature=0, max_tokens=8, logprobs=3)
    check(f"{model}: completion", len(completion.choices[0].text) > 5, completion)
    legacy = completion.choices[0].logprobs
    check(f"{model}: legacy logprobs", len(legacy.tokens) == 8 and all(
        completion.choices[0].text.startswith(t, at) for t, at in zip(legacy.tokens, legacy.text_offset)), completion)
    refused(f"{model}: no prompt is refused by name", lambda: client.completions.create(model=model, prompt=[]), openai.BadRequestError, "prompt")
    parts = client.completions.create(model=model, prompt="The Eagle is", temperature=0, max_tokens=8, stream=True)
    check(f"{model}: completion, streamed", "".join(p.choices[0].text for p in parts if p.choices) == completion.choices[0].text)

    refused(f"{model}: a wrong type is refused by name", lambda: chat(model, temperature="hot"), openai.BadRequestError, "temperature")
    stream = chat(model, stream=True)
    next(iter(stream))
    stream.close()
    check(f"{model}: a stream can be closed early", True)

names = [model.id for model in client.models.list()]
check("models: list", "demo" in names and "brand-voice" in names, names)
for model in ("demo", "brand-voice"):
    check(f"models: retrieve {model}", client.models.retrieve(model).id == model)
refused("models: an unknown one", lambda: client.models.retrieve("nothing"), openai.NotFoundError)
refused("an unknown model", lambda: chat("nothing"), openai.NotFoundError)
refused("tools under a policy", lambda: chat("brand-voice", tools=[{"type": "function", "function": {"name": "f"}}]), openai.BadRequestError, "tools")
refused("too many candidates", lambda: chat("brand-voice", logprobs=True, top_logprobs=21), openai.BadRequestError, "top_logprobs")
refused("an unknown policy", lambda: chat("demo", extra_headers={"x-trimtab-policy": "none"}), openai.NotFoundError)

explained = chat("brand-voice", temperature=0, extra_headers={"x-trimtab-explain": "steps"}).model_extra["trimtab"]
books = explained["choices"][0]
check("report: one replaced token, two calls", (books["replaced"], books["calls"]) == (1, 2), books)
check("report: the books balance", books["drafted"] == books["kept"] + books["unsteered"] + books["discarded"]
      and books["emitted"] == books["kept"] + books["replaced"] + books["unsteered"], books)
check("report: every step is explained", len(books["steps"]) == books["emitted"], books)

last = [c.model_extra for c in chat("brand-voice", temperature=0, stream=True, extra_headers={"x-trimtab-explain": "counts"})
        if c.model_extra.get("trimtab")]
counts = {name: count for name, count in books.items() if name != "steps"}
check("report: streamed, the same counts", len(last) == 1 and last[0]["trimtab"]["choices"] == [counts], (last, counts))
refused("a grammar under a policy", lambda: chat("brand-voice", extra_body={"grammar": "root ::= [a-z]"}), openai.BadRequestError, "grammar")

print(f"{failures} failed" if failures else "all passed")
sys.exit(1 if failures else 0)
