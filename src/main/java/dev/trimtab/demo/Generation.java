package dev.trimtab.demo;

import dev.trimtab.model.CachedSequence;
import dev.trimtab.openai.AnswerChoice;
import dev.trimtab.openai.SamplingParameters;
import dev.trimtab.openai.TokenLogprob;
import dev.trimtab.token.Coins;
import dev.trimtab.token.TextAssembly;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The generation of one choice, a token at a time. Confined to one caller at a time. */
final class Generation implements AutoCloseable {
    private static final byte[] NOTHING = new byte[0];

    private final int choice;
    private final DemoModel model;
    private final SamplingParameters sampling;
    private final Sampler sampler;
    private final boolean showsEnd;
    private final Coins coins;
    private final CachedSequence sequence;
    private final TextAssembly<TokenLogprob> text;
    private final Map<Integer, Integer> counts = new HashMap<>();
    private final int limit;
    private int[] unread;
    private int generated;
    private @Nullable String finishReason;

    Generation(int choice, Job job, int[] prompt, DemoModel model, DemoSettings settings, long seed) {
        this.choice = choice;
        this.model = model;
        this.sampling = job.sampling();
        this.sampler = new Sampler(sampling, settings.shown());
        this.showsEnd = settings.ends() == Ends.SHOWN || (settings.ends() == Ends.WHOLE_ONLY && !sampling.stream());
        this.coins = new Coins(seed, choice);
        this.sequence = model.open();
        this.text = new TextAssembly<>(sampling.stop());
        this.limit = job.limit(prompt, model.context());
        this.unread = prompt;
    }

    boolean isFinished() {
        return finishReason != null;
    }

    /** Tokens generated so far, the end aside. */
    int generated() {
        return generated;
    }

    /** Generates a token and returns what it adds to the answer. */
    AnswerChoice next() {
        if (limit <= 0) {
            return finished("length", new ArrayList<>());
        }
        float[] logits = sequence.logits(unread);
        IntStream.range(0, logits.length)
                .filter(id -> id != model.end() && model.vocabulary().special(id))
                .forEach(id -> logits[id] = Float.NEGATIVE_INFINITY);
        Sampler.Draw draw = sampler.draw(logits, counts, coins.toss(generated, 0, Coins.Purpose.DRAW));
        if (draw.id() == model.end()) {
            List<TokenLogprob> records = new ArrayList<>();
            AnswerChoice last = finished("stop", records);
            if (showsEnd && sampling.topLogprobs() >= 0) {
                records.add(record(draw));
            }
            return last;
        }
        generated++;
        counts.merge(draw.id(), 1, Integer::sum);
        unread = new int[] {draw.id()};
        return added(text.add(model.vocabulary().bytes(draw.id()), sampling.topLogprobs() < 0 ? null : record(draw)));
    }

    private AnswerChoice added(TextAssembly.Piece<TokenLogprob> piece) {
        if (text.stopped()) {
            finishReason = "stop";
        } else if (generated >= limit) {
            finishReason = "length";
        }
        if (finishReason == null) {
            return new AnswerChoice(choice, piece.text(), records(piece.records()), null);
        }
        TextAssembly.Piece<TokenLogprob> rest = text.finish();
        List<TokenLogprob> all = new ArrayList<>(piece.records());
        all.addAll(rest.records());
        return new AnswerChoice(choice, piece.text() + rest.text(), records(all), finishReason);
    }

    private AnswerChoice finished(String reason, List<TokenLogprob> records) {
        finishReason = reason;
        TextAssembly.Piece<TokenLogprob> rest = text.finish();
        records.addAll(rest.records());
        return new AnswerChoice(choice, rest.text(), records(records), reason);
    }

    private @Nullable List<TokenLogprob> records(List<TokenLogprob> records) {
        return sampling.topLogprobs() < 0 ? null : records;
    }

    private TokenLogprob record(Sampler.Draw draw) {
        double[] logprobs = draw.logprobs();
        List<TokenLogprob> top = IntStream.range(0, logprobs.length)
                .filter(id -> logprobs[id] > Double.NEGATIVE_INFINITY)
                .boxed()
                .sorted(Comparator.comparing(id -> -logprobs[id]))
                .limit(sampling.topLogprobs())
                .map(id -> entry(id, logprobs[id], List.of()))
                .toList();
        return entry(draw.id(), logprobs[draw.id()], top);
    }

    private TokenLogprob entry(int id, double logprob, List<TokenLogprob> top) {
        byte[] bytes = id == model.end() ? NOTHING : model.vocabulary().bytes(id);
        return new TokenLogprob(new String(bytes, StandardCharsets.UTF_8), bytes, id, logprob, top);
    }

    @Override
    public void close() {
        sequence.close();
    }
}
