package dev.trimtab.steering;

import dev.trimtab.openai.CompletionRequest;
import dev.trimtab.policy.Attachments;
import dev.trimtab.policy.FailureMode;
import dev.trimtab.policy.Limits;
import dev.trimtab.policy.Negative;
import dev.trimtab.policy.Policy;
import dev.trimtab.policy.Route;
import dev.trimtab.policy.Stage;
import dev.trimtab.policy.WeightedScorer;
import dev.trimtab.scoring.Bias;
import dev.trimtab.scoring.Phrases;
import dev.trimtab.scoring.Scorer;
import dev.trimtab.upstream.Upstream;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** One choice of a steered answer, collected: its text, its token ids, how it ended, and its report. */
record Answered(String text, List<Integer> ids, String finishReason, Report report) {

    static Policy policy(Route route, FailureMode failureMode, Bias bias, Scorer... scorers) {
        List<WeightedScorer> weighted = new ArrayList<>();
        for (Scorer scorer : scorers) {
            weighted.add(new WeightedScorer(scorer, 1));
        }
        return policy(route, failureMode, bias, weighted, new Negative(Phrases.NONE, 0));
    }

    static Policy policy(Route route, Negative negative) {
        return policy(route, FailureMode.OPEN, Bias.NONE, List.of(), negative);
    }

    private static Policy policy(
            Route route, FailureMode failureMode, Bias bias, List<WeightedScorer> weighted, Negative negative) {
        return new Policy(
                "tested",
                "0",
                Stage.FULL,
                failureMode,
                route,
                null,
                null,
                List.of(),
                bias,
                weighted,
                negative,
                new Limits(Integer.MAX_VALUE - 1_000, Integer.MAX_VALUE, 8),
                Attachments.NONE);
    }

    static Steering steering(Upstream upstream, long seed) {
        SplittableRandom seeds = new SplittableRandom(seed);
        return new Steering(upstream, new SimpleMeterRegistry(), seeds::nextLong);
    }

    static CompletionRequest request(String more) {
        String body = "{\"model\":\"scripted\",\"prompt\":\"p\",\"logprobs\":0" + more + "}";
        return CompletionRequest.parse(body.getBytes(StandardCharsets.UTF_8));
    }

    static Answered of(Steering steering, Policy policy, String more) {
        return of(steering.steer(request(more), policy, null, false)
                .parts()
                .collectList()
                .block(Duration.ofMinutes(2)));
    }

    static Answered of(List<AnswerPart> parts) {
        StringBuilder text = new StringBuilder();
        List<Integer> ids = new ArrayList<>();
        for (AnswerPart part : parts) {
            if (part instanceof AnswerPart.Piece piece) {
                text.append(piece.text());
                piece.logprobs().forEach(record -> ids.add(record.id()));
            }
        }
        AnswerPart.Closed closed = (AnswerPart.Closed) parts.get(parts.size() - 1);
        return new Answered(text.toString(), ids, closed.finishReason(), closed.report());
    }
}
