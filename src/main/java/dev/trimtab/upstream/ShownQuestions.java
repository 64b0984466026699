package dev.trimtab.upstream;

import dev.trimtab.model.Vocabulary;
import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.openai.TokenLogprob;
import dev.trimtab.token.ShownLaw;
import dev.trimtab.token.Token;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Questions about log-probabilities and about the bias that moves them. */
final class ShownQuestions {
    /** The most candidates that are asked for; more cost more than they are worth. */
    private static final int MOST = 20;

    private static final int[] FEWER = {MOST, 10, 5, 3, 2, 1};
    private static final int MOST_BIAS = 300;
    private static final double BAN = -100;

    /** A bias that is not whole, since policies' are not, and one for a server that takes no other. */
    private static final double PUSH = 1.5;

    private static final double WHOLE_PUSH = 2;

    /** Of a nat: rounded to the nearest whole it is nothing. */
    private static final double FRACTION = 0.45;

    /** How far shown values may be from each other, nats: some servers do not compute the same twice. */
    private static final double NOISE = 0.1;

    private final ProbeCalls calls;
    private final @Nullable Vocabulary vocabulary;
    private ShownStep step = new ShownStep(List.of());

    ShownQuestions(ProbeCalls calls, @Nullable Vocabulary vocabulary) {
        this.calls = calls;
        this.vocabulary = vocabulary;
    }

    /** The candidates of a story's first token at temperature 1. */
    ShownStep step() {
        return step;
    }

    Seen<Integer> topLogprobs() {
        ApiException refusal = new ApiException(ErrorKind.UPSTREAM_REJECTED, "");
        for (int asked : FEWER) {
            try {
                step = shown(1, asked);
                return new Seen<>(
                        Math.min(asked, step.size()), asked + " asked for in a stream, " + step.size() + " came.");
            } catch (ApiException refused) {
                if (!refused.refusesTheAsk()) {
                    throw refused;
                }
                refusal = refused;
            }
        }
        return new Seen<>(0, "Refused: " + refusal.getMessage());
    }

    private ShownStep shown(double temperature, int candidates) {
        return ShownStep.of(calls.streamed(asking(temperature, candidates)));
    }

    private static ObjectNode logprobs(ObjectNode body, int candidates) {
        return body.put("logprobs", true).put("top_logprobs", candidates);
    }

    private ObjectNode asking(double temperature, int candidates) {
        return logprobs(calls.chat(ProbeCalls.STORY, 1, temperature), candidates)
                .put("top_p", 1);
    }

    /** Whether records and text are the same bytes. */
    Seen<Boolean> bytes() {
        ProbeAnswer answer = calls.streamed(logprobs(calls.chat(ProbeCalls.STORY, 12, 0), Math.max(1, step.size())));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        answer.records().forEach(record -> bytes.writeBytes(record.bytes()));
        String written = bytes.toString(StandardCharsets.UTF_8);
        return new Seen<>(
                written.startsWith(answer.text()) && !answer.text().isEmpty(),
                answer.records().size() + " records spell " + Quoted.text(written) + ", the text is "
                        + Quoted.text(answer.text()) + ".");
    }

    Seen<Boolean> ids() {
        int id = step.size() == 0 ? Token.NO_ID : step.top().get(0).id();
        if (id == Token.NO_ID && vocabulary != null) {
            return new Seen<>(true, "Records name none; the configured tokenizer does.");
        }
        return new Seen<>(id != Token.NO_ID, id == Token.NO_ID ? "Records name none." : "Records name them.");
    }

    private int id(TokenLogprob token) {
        if (token.id() != Token.NO_ID) {
            return token.id();
        }
        int known = vocabulary == null ? Token.NO_ID : vocabulary.idOf(token.bytes());
        if (known == Token.NO_ID) {
            throw new ApiException(ErrorKind.UPSTREAM_REJECTED, "the token's id is not known");
        }
        return known;
    }

    /** Whether a bias can keep a token out, and bring another one in. */
    Seen<Boolean> biasBans() {
        TokenLogprob likeliest = greedy(null, 0);
        TokenLogprob instead = greedy(likeliest, BAN);
        if (ShownStep.same(likeliest, instead) || (step.size() > 1 && step.place(instead) != 1)) {
            return new Seen<>(false, Quoted.token(likeliest) + " was banned, and " + Quoted.token(instead) + " came.");
        }
        TokenLogprob third = step.size() > 2 ? step.top().get(2) : instead;
        TokenLogprob raised = greedy(third, -BAN);
        return new Seen<>(
                ShownStep.same(third, raised),
                "Banned, " + Quoted.token(likeliest) + " gave way to " + Quoted.token(instead) + "; "
                        + Quoted.token(third) + " raised, " + Quoted.token(raised) + " came.");
    }

    private TokenLogprob greedy(@Nullable TokenLogprob biased, double nats) {
        ObjectNode body = calls.chat(ProbeCalls.STORY, 1, 0);
        if (step.size() > 0) {
            logprobs(body, 1);
        }
        if (biased != null) {
            DraftBody.put(body.putObject("logit_bias"), String.valueOf(id(biased)), nats);
        }
        return calls.streamed(body).drawn();
    }

    /** Whether as many entries as a policy may push are all taken: the last of them must still ban. */
    Seen<Integer> biasEntries() {
        TokenLogprob likeliest = greedy(null, 0);
        int banned = id(likeliest);
        ObjectNode body = calls.chat(ProbeCalls.STORY, 1, 0);
        ObjectNode bias = body.putObject("logit_bias");
        for (int other = 0; bias.size() < MOST_BIAS - 1; other++) {
            if (other != banned) {
                bias.put(String.valueOf(other), 0);
            }
        }
        bias.put(String.valueOf(banned), (int) BAN);
        if (step.size() > 0) {
            logprobs(body, 1);
        }
        boolean taken = !ShownStep.same(likeliest, calls.streamed(body).drawn());
        return new Seen<>(
                taken ? MOST_BIAS : 0,
                MOST_BIAS + " entries, the last a ban, which " + (taken ? "held." : "did not hold."));
    }

    /**
     * Whether a bias that is not whole is honoured as it is: one that is just large enough to bring a candidate before
     * another, and would be too small if it were rounded.
     */
    Seen<Boolean> biasDecimals() {
        for (int ahead = 0; ahead < step.size(); ahead++) {
            for (int behind = ahead + 1; behind < step.size(); behind++) {
                double nats = step.behindFirst(ahead) - step.behindFirst(behind);
                double fraction = nats - Math.floor(nats);
                if (fraction > NOISE && fraction < FRACTION - NOISE) {
                    return decides(ahead, behind, Math.floor(nats) + FRACTION);
                }
            }
        }
        return Seen.unknown("No candidate is so far behind another that a fraction of a nat decides.");
    }

    private Seen<Boolean> decides(int ahead, int behind, double nats) {
        ObjectNode body = calls.chat(ProbeCalls.STORY, 1, 0);
        ObjectNode bias = logprobs(body, 1).putObject("logit_bias");
        step.top().subList(0, ahead).forEach(token -> DraftBody.put(bias, String.valueOf(id(token)), BAN));
        TokenLogprob raised = step.top().get(behind);
        DraftBody.put(bias, String.valueOf(id(raised)), nats);
        TokenLogprob came = calls.streamed(body).drawn();
        return new Seen<>(
                ShownStep.same(raised, came),
                Quoted.token(came) + " came where a bias of " + nats + " brings " + Quoted.token(raised) + " before "
                        + Quoted.token(step.top().get(ahead)) + ".");
    }

    /**
     * What the log-probabilities describe: those at temperature 2 against those at 1, and those under a bias against those
     * without.
     *
     * @param biased whether a bias is honoured; where it is not, none can be hidden
     * @param decimals whether one that is not whole is
     */
    Seen<ShownLaw> law(boolean biased, boolean decimals) {
        ShownStep hot = shown(2, Math.max(1, step.size()));
        double cool = step.size() < 2 ? 0 : farthest(step);
        if (cool > -0.5) {
            return Seen.unknown("The candidates are too few or too much alike to tell.");
        }
        boolean tempered = Math.abs(farthest(hot) - cool / 2) < NOISE;
        if (!tempered && Math.abs(farthest(hot) - cool) > NOISE) {
            return Seen.unknown("Temperature 2 makes a distance of " + cool + " nats one of " + farthest(hot) + ".");
        }
        if (tempered && !cut()) {
            return Seen.unknown("Temperature is shown, but what top_p cuts is shown, too.");
        }
        double push = decimals ? PUSH : WHOLE_PUSH;
        double moved = biased ? moved(push) : 0;
        String evidence = (tempered ? "Temperature 2 halves" : "Temperature 2 leaves") + " the distances"
                + (biased
                        ? "; a bias of " + push + " moves its token by " + Math.round(moved * 100) / 100.0 + "."
                        : ".");
        boolean follows = Math.abs(moved - push) < NOISE;
        if ((!follows && Math.abs(moved) > NOISE) || (tempered && biased && !follows)) {
            return Seen.unknown(evidence);
        }
        return new Seen<>(tempered ? ShownLaw.DRAWN : follows ? ShownLaw.BIASED : ShownLaw.RAW, evidence);
    }

    /** The distance of the last of the step's first five candidates from the first, in another showing of the step. */
    private double farthest(ShownStep showing) {
        TokenLogprob last = step.top().get(Math.min(4, step.size() - 1));
        TokenLogprob first = step.top().get(0);
        return logprob(showing, last) - logprob(showing, first);
    }

    private static double logprob(ShownStep showing, TokenLogprob token) {
        int place = showing.place(token);
        if (place == showing.size()) {
            throw new ApiException(ErrorKind.UPSTREAM_FAILED, "a candidate was not shown again");
        }
        return showing.top().get(place).logprob();
    }

    private boolean cut() {
        ShownStep one = ShownStep.of(calls.streamed(asking(1, step.size()).put("top_p", 0.001)));
        return one.size() == 1 || one.behindFirst(1) < -20;
    }

    private double moved(double push) {
        TokenLogprob second = step.top().get(1);
        ObjectNode body = asking(1, step.size());
        DraftBody.put(body.putObject("logit_bias"), String.valueOf(id(second)), push);
        ShownStep pushed = ShownStep.of(calls.streamed(body));
        double distance = logprob(pushed, second) - logprob(pushed, step.top().get(0));
        return distance - step.behindFirst(1);
    }
}
