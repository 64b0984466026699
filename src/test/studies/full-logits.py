#!/usr/bin/env python3
"""What a scorer alone gains that reads all logits of SmolLM2, which no API shows: the whole that smollm2.sh's shares are of.

Reads the weights, so nothing is asked of a server; the scorer, its law and its training are those of `train plugin`. Also
prints what the same scorer gains through the 20, 5 and 500 most likely candidates. Takes the better part of an hour on one core.

    pip install torch transformers gguf accelerate
    src/test/studies/full-logits.py GGUF TOKENIZER TRAIN.jsonl HELD.jsonl

The files are what smollm2.sh asks about: GGUF is the server's model, TRAIN and HELD are its train-1200.jsonl and held.jsonl.
"""

import json
import math
import random
import sys

import torch
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM

SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
WIDTH, HEADS, CONTEXT, HIDDEN = 64, 4, 512, 192
RATE, DECAY, BATCH, WARM_UP, FASTER, PATIENCE = 1e-3, 10.0, 16, 20, 10, 3


def examples(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            example = json.loads(line)
            yield example["messages"][0]["content"], example["completion"]


class Lesson:
    """One example: what the scorer reads, the place of its first step, the drawn tokens, all log-probabilities [steps, V]."""

    def __init__(self, tokenizer, model, prompt, answer):
        def ids(text):
            return tokenizer.encode(text, add_special_tokens=False).ids

        start, end = tokenizer.token_to_id("<|im_start|>"), tokenizer.token_to_id("<|im_end|>")
        self.prompt = prompt
        self.gold = ids(answer) + [end]
        chat = f"<|im_start|>system\n{SYSTEM}<|im_end|>\n<|im_start|>user\n{prompt}<|im_end|>\n<|im_start|>assistant\n"
        asked = ids(chat)
        with torch.no_grad():
            logits = model(torch.tensor([asked + self.gold[:-1]])).logits[0, len(asked) - 1 :]
        self.logprobs = logits.log_softmax(-1).half()
        before = [start] + ids(prompt) + [end, start]
        self.read = before + self.gold[:-1]
        self.first = len(before) - 1


class Scorer(torch.nn.Module):
    """A decoder-only transformer of one layer: RMS norms, rotary positions, a gated feed-forward layer."""

    def __init__(self, vocabulary, seed):
        super().__init__()
        torch.manual_seed(seed)

        def drawn(rows, columns, smaller=1.0):
            return torch.nn.Parameter(torch.randn(rows, columns) * smaller / math.sqrt(rows))

        self.embedding = torch.nn.Parameter(torch.randn(vocabulary, WIDTH) * 0.02)
        self.norms = torch.nn.ParameterList([torch.nn.Parameter(torch.ones(WIDTH)) for _ in range(3)])
        self.query, self.key, self.value = (drawn(WIDTH, WIDTH) for _ in range(3))
        self.out = drawn(WIDTH, WIDTH, 1 / math.sqrt(2))
        self.gate, self.up = drawn(WIDTH, HIDDEN), drawn(WIDTH, HIDDEN)
        self.down = drawn(HIDDEN, WIDTH, 1 / math.sqrt(2))
        self.head = torch.nn.Parameter(torch.zeros(vocabulary, WIDTH))
        self.head_bias = torch.nn.Parameter(torch.zeros(vocabulary))

    def normed(self, x, which):
        return x / (x.square().mean(-1, keepdim=True) + 1e-6).sqrt() * self.norms[which]

    def heads(self, x):
        return x.view(*x.shape[:2], HEADS, -1).transpose(1, 2)

    def forward(self, ids):
        """Ids [lessons, length] to what the head's rows are multiplied with, [lessons, length, WIDTH]."""
        x = self.embedding[ids]
        size = WIDTH // HEADS
        angles = torch.outer(torch.arange(ids.shape[1]), 10_000 ** (-2 * torch.arange(size // 2) / size)).repeat(1, 2)

        def turned(y):
            low, high = y.chunk(2, -1)
            return y * angles.cos() + torch.cat((-high, low), -1) * angles.sin()

        y = self.normed(x, 0)
        query, key, value = turned(self.heads(y @ self.query)), turned(self.heads(y @ self.key)), self.heads(y @ self.value)
        seen = torch.nn.functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + seen.transpose(1, 2).reshape(x.shape) @ self.out
        y = self.normed(x, 1)
        x = x + (torch.nn.functional.silu(y @ self.gate) * (y @ self.up)) @ self.down
        return self.normed(x, 2)


def losses(scorer, lessons, shown):
    """Nats of every step's drawn token: p ~ d e^s on the shown candidates, p ~ d on the rest."""
    length = max(len(lesson.read) for lesson in lessons)
    ids = torch.tensor([lesson.read + [0] * (length - len(lesson.read)) for lesson in lessons])
    last = scorer(ids)
    last = torch.cat([last[i, lesson.first : len(lesson.read)] for i, lesson in enumerate(lessons)])
    gold = torch.tensor([token for lesson in lessons for token in lesson.gold])
    draft = torch.cat([lesson.logprobs for lesson in lessons]).float()
    drawn = draft.gather(1, gold[:, None]).squeeze(1)
    if shown == 0:
        scores = last @ scorer.head.T + scorer.head_bias
        return torch.logsumexp(draft + scores, 1) - drawn - scores.gather(1, gold[:, None]).squeeze(1)
    top, places = draft.topk(shown)
    scores = (scorer.head[places] @ last[:, :, None]).squeeze(2) + scorer.head_bias[places]
    rest = torch.log1p(-top.exp().sum(1, keepdim=True).clamp(max=1 - 1e-9))
    whole = torch.logsumexp(torch.cat((top + scores, rest), 1), 1)
    of_drawn = (scores * (places == gold[:, None])).sum(1)
    return whole - drawn - of_drawn


def measured(scorer, lessons, shown):
    """Sums of nats, and steps, by lesson."""
    with torch.no_grad():
        parts = [lessons[i : i + BATCH] for i in range(0, len(lessons), BATCH)]
        nats = torch.cat([losses(scorer, part, shown) for part in parts])
    return [part.sum().item() for part in nats.split([len(lesson.gold) for lesson in lessons])]


def per_token(nats, lessons):
    return sum(nats) / sum(len(lesson.gold) for lesson in lessons)


class Optimizer:
    """AdamW with a common clip; what is the same at every step is learnt faster, and all is drawn to where it began."""

    def __init__(self, scorer):
        self.slots = [
            (p, p.detach().clone(), torch.zeros_like(p), torch.zeros_like(p), FASTER if n == "head_bias" else 1)
            for n, p in scorer.named_parameters()
        ]
        self.steps = 0

    @torch.no_grad()
    def step(self):
        self.steps += 1
        torch.nn.utils.clip_grad_norm_([slot[0] for slot in self.slots], 1.0)
        rate = RATE * min(1, self.steps / WARM_UP)
        corrected = rate * math.sqrt(1 - 0.98**self.steps) / (1 - 0.9**self.steps)
        for p, start, first, second, faster in self.slots:
            first.lerp_(p.grad, 0.1)
            second.mul_(0.98).addcmul_(p.grad, p.grad, value=0.02)
            p.sub_(faster * corrected * first / (second.sqrt() + 1e-8) + DECAY * rate * (p - start))
            p.grad = None


def batches(lessons, shuffle):
    lessons = lessons[:]
    shuffle.shuffle(lessons)
    lessons.sort(key=lambda lesson: len(lesson.read) // BATCH)
    parts = [lessons[i : i + BATCH] for i in range(0, len(lessons), BATCH)]
    shuffle.shuffle(parts)
    return parts


def fitted(vocabulary, lessons, shown, seed=1):
    """A scorer as it was when lessons of a tenth of the prompts were likeliest."""
    shuffle = random.Random(seed)
    prompts = sorted({lesson.prompt for lesson in lessons})
    shuffle.shuffle(prompts)
    apart = set(prompts[::10])
    held = [lesson for lesson in lessons if lesson.prompt in apart]
    left = [lesson for lesson in lessons if lesson.prompt not in apart]
    scorer, best, since, kept = Scorer(vocabulary, seed), math.inf, 0, None
    optimizer = Optimizer(scorer)
    while since < PATIENCE:
        for part in batches(left, shuffle):
            losses(scorer, part, shown).mean().backward()
            optimizer.step()
        found = per_token(measured(scorer, held, shown), held)
        since = since + 1 if found >= best else 0
        print(f"{shown or 'all'} shown: {found:.4f} nats/token of a tenth held out", file=sys.stderr, flush=True)
        if found < best:
            best, kept = found, {name: value.clone() for name, value in scorer.state_dict().items()}
    scorer.load_state_dict(kept)
    return scorer


def interval(nats, others, lessons):
    """95 % of 2,000 resamplings of the difference per token."""
    draw = random.Random(1)
    found = []
    for _ in range(2000):
        some = draw.choices(range(len(lessons)), k=len(lessons))
        tokens = sum(len(lessons[i].gold) for i in some)
        found.append(sum(nats[i] - others[i] for i in some) / tokens)
    found.sort()
    return found[49], found[1949]


def main(gguf, tokenizer, train, held):
    torch.set_num_threads(1)
    tokenizer = Tokenizer.from_file(tokenizer)
    folder, _, file = gguf.rpartition("/")
    model = AutoModelForCausalLM.from_pretrained(folder or ".", gguf_file=file, dtype=torch.float32).eval()
    lessons = []
    for data in (train, held):
        some = []
        for prompt, answer in examples(data):
            some.append(Lesson(tokenizer, model, prompt, answer))
            if len(some) % 50 == 0:
                print(f"{len(some)} answers read", file=sys.stderr, flush=True)
        lessons.append(some)
    train, held = lessons
    unsteered = [-lesson.logprobs.float().gather(1, torch.tensor(lesson.gold)[:, None]).sum().item() for lesson in held]
    print(f"unsteered: {per_token(unsteered, held):.3f} nats/token of {len(held)} answers")
    for shown in (0, 20, 5, 500):
        nats = measured(fitted(model.config.vocab_size, train, shown), held, shown)
        low, high = interval(nats, unsteered, held)
        difference = per_token(nats, held) - per_token(unsteered, held)
        print(f"{shown or 'all'} shown: {per_token(nats, held):.3f}, {difference:.3f} [{low:.3f}, {high:.3f}]", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
