package dev.trimtab.demo;

import dev.trimtab.model.CachedSequence;
import dev.trimtab.openai.AnswerChoice;
import dev.trimtab.openai.TokenLogprob;
import dev.trimtab.token.Coins;
import dev.trimtab.token.TextAssembly;
import java.util.List;
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
    private int[] unread;
    private int room;
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
        if (sequence == null) {
            sequence = model.open();
        }
        Draw draw = sampler.draw(model.logits(sequence, unread));
        return draw.id() == model.end() ? end(draw) : token(draw);
    }

    private AnswerChoice end(Draw draw) {
        return new AnswerChoice(index, text.finish().text(), showsEnd ? record(draw) : null, "stop");
    }

    private AnswerChoice token(Draw draw) {
        generated++;
        room--;
        unread = new int[] {draw.id()};
        String added = text.add(model.vocabulary().bytes(draw.id()), null).text();
        if (text.stopped()) {
            return new AnswerChoice(index, added, record(draw), "stop");
        }
        return room == 0
                ? new AnswerChoice(index, added + text.finish().text(), record(draw), "length")
                : new AnswerChoice(index, added, record(draw), null);
    }

    private @Nullable List<TokenLogprob> record(Draw draw) {
        return records == null ? null : List.of(records.of(draw));
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
