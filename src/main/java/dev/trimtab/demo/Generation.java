package dev.trimtab.demo;

import dev.trimtab.model.CachedSequence;
import dev.trimtab.openai.AnswerChoice;
import dev.trimtab.openai.TokenLogprob;
import dev.trimtab.token.Coins;
import dev.trimtab.token.TextAssembly;
import dev.trimtab.token.Utf8;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One choice while it is written, a token a call. It may be closed by any thread at any time, which waits for nothing. */
final class Generation implements AutoCloseable {
    private final ReentrantLock running = new ReentrantLock();
    private final DemoModel model;
    private final int index;
    private final Sampler sampler;
    private final @Nullable Records records;
    private final boolean showsEnd;
    private final TextAssembly<TokenLogprob> text;
    private final ByteArrayOutputStream character = new ByteArrayOutputStream();
    private int[] unread;
    private int room;
    private final boolean echoes;
    private @Nullable CachedSequence sequence;
    private int generated;
    private boolean finished;
    private volatile boolean closed;

    /** @param records null where the client wants no log-probabilities */
    Generation(DemoModel model, Ask ask, int index, long seed, @Nullable Records records, boolean showsEnd) {
        this.model = model;
        this.index = index;
        this.sampler = new Sampler(ask.sampling(), new Coins(seed, index));
        this.records = records;
        this.showsEnd = showsEnd;
        this.text = new TextAssembly<>(ask.sampling().stop());
        this.unread = ask.prompt(index);
        this.echoes = ask.echo() && records != null;
        this.room = Math.min(ask.maxTokens(), model.context() - unread.length);
    }

    /** Writes the next token, and what it adds to the choice; to be called until {@link #finished}. Blocks. */
    AnswerChoice next() {
        running.lock();
        try {
            if (closed) {
                throw new CancellationException();
            }
            AnswerChoice delta = room == 0 ? new AnswerChoice(index, "", null, "length") : draw();
            finished = delta.finishReason() != null;
            return delta;
        } finally {
            running.unlock();
            freeIfClosed();
        }
    }

    private AnswerChoice draw() {
        if (sequence != null) {
            return drawn(model.logits(sequence, unread));
        }
        sequence = model.open();
        if (!echoes) {
            return drawn(model.logits(sequence, unread));
        }
        int[] prompt = unread;
        float[][] logits = model.everyLogits(sequence, prompt);
        return behind(echoed(prompt, logits), drawn(logits[prompt.length - 1]));
    }

    private AnswerChoice drawn(float[] logits) {
        Draw draw = sampler.draw(logits);
        return draw.id() == model.end() ? end(draw) : token(draw);
    }

    private List<TokenLogprob> echoed(int[] prompt, float[][] logits) {
        Records written = Objects.requireNonNull(records);
        List<TokenLogprob> echoed = new ArrayList<>(List.of(written.first(prompt[0])));
        for (int i = 1; i < prompt.length; i++) {
            echoed.add(written.of(
                    sampler.read(logits[i - 1], prompt[i]), model.vocabulary().bytes(prompt[i])));
        }
        return echoed;
    }

    /** The first token's records behind the prompt's. */
    private static AnswerChoice behind(List<TokenLogprob> echoed, AnswerChoice first) {
        List<TokenLogprob> own = first.logprobs();
        echoed.addAll(own == null ? List.of() : own);
        return new AnswerChoice(first.index(), first.text(), echoed, first.finishReason());
    }

    private AnswerChoice end(Draw draw) {
        return new AnswerChoice(index, text.finish().text(), showsEnd ? record(draw, new byte[0]) : null, "stop");
    }

    private AnswerChoice token(Draw draw) {
        generated++;
        room--;
        unread = new int[] {draw.id()};
        byte[] bytes = model.vocabulary().bytes(draw.id());
        String added = text.add(bytes, null).text();
        List<TokenLogprob> record = records != null && records.merges() ? merged(draw, bytes) : record(draw, bytes);
        if (text.stopped()) {
            return new AnswerChoice(index, added, record, "stop");
        }
        return room == 0
                ? new AnswerChoice(index, added + text.finish().text(), record, "length")
                : new AnswerChoice(index, added, record, null);
    }

    private @Nullable List<TokenLogprob> record(Draw draw, byte[] bytes) {
        return records == null ? null : List.of(records.of(draw, bytes));
    }

    /** None while a character is not whole; then one for all of its tokens. */
    private @Nullable List<TokenLogprob> merged(Draw draw, byte[] bytes) {
        character.writeBytes(bytes);
        byte[] all = character.toByteArray();
        if (Utf8.wholeCharacters(all, all.length) < all.length) {
            return List.of();
        }
        character.reset();
        return record(draw, all);
    }

    /** How many tokens were written, the end not counted. */
    int generated() {
        return generated;
    }

    boolean finished() {
        return finished;
    }

    @Override
    public void close() {
        closed = true;
        freeIfClosed();
    }

    /** Frees the sequence unless a token is being written; then whoever writes it does so afterwards. */
    private void freeIfClosed() {
        if (closed && running.tryLock()) {
            try {
                if (sequence != null) {
                    sequence.close();
                }
            } finally {
                running.unlock();
            }
        }
    }
}
