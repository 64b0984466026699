package dev.trimtab.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.evaluation.Result.Scored;
import dev.trimtab.scoring.Bias;
import dev.trimtab.scoring.Phrases;
import dev.trimtab.upstream.Capabilities;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is said of answers some of which failed, beside what the unsteered upstream wrote. */
class SummaryTest {
    private static final Output FAILED = Output.failed("too long", Duration.ZERO);
    private static final Output CHEAP = answered("It is cheap.");
    private static final Output DEAR = answered("It is dear.");
    private static final Phrases UNWANTED =
            new Phrases(List.of(new Phrases.Rule("prices", List.of("cheap"), false, Bias.NONE)));
    private static final Measured BASE = measured("unsteered", CHEAP, DEAR, CHEAP, DEAR);

    private static Output answered(String text) {
        return new Output(text, "stop", FAILED.report(), Duration.ZERO, null);
    }

    private static Measured measured(String name, Output... outputs) {
        Contender contender = new Contender(name, "", ContendersTest.policy(Bias.NONE, List.of()));
        List<Likelihood> likelihoods = Collections.nCopies(outputs.length, new Likelihood(1, 1, 0, 0, 0, 0, 0));
        return new Measured(contender, likelihoods, List.of(outputs), List.of());
    }

    private static Result result(Measured one) {
        List<Input> inputs = IntStream.range(0, one.outputs().size())
                .mapToObj(i -> new Input(List.of(), "prompt " + i, List.of("It is.")))
                .toList();
        return new Summary(inputs, UNWANTED, BASE, new Resampling(1, 100)).of(one);
    }

    private static List<String> remarks(Measured one, boolean counted) {
        List<Measured> both = List.of(BASE, one);
        return Remarks.of(both.stream().map(SummaryTest::result).toList(), both, Capabilities.CONSERVATIVE, counted);
    }

    @Test
    void unwantedPhrases_areLookedFor_inAnswersThatDidNotFail() {
        Measured strict = measured("strict", CHEAP, FAILED, FAILED, DEAR);

        Scored share = Objects.requireNonNull(result(strict).negative());

        assertThat(share.interval().value()).isEqualTo(0.5);
        assertThat(Objects.requireNonNull(share.difference()).interval()).isEqualTo(new Interval(0, 0, 0));
        assertThat(remarks(strict, true))
                .contains("strict: unwanted phrases are looked for in the 2 of its 4 answers that did not fail;"
                        + " 2 are left out.");
        assertThat(remarks(strict, false)).noneMatch(remark -> remark.contains("unwanted"));
    }

    @Test
    void unwantedPhrases_ofAnswersThatAllFailed_haveNoShare() {
        Measured broken = measured("broken", FAILED, FAILED, FAILED, FAILED);

        assertThat(result(broken).negative()).isNull();
        assertThat(remarks(broken, true)).anyMatch(remark -> remark.contains("in the 0 of its 4 answers"));
    }

    @Test
    void unwantedPhrases_whereNoneFailed_areCountedInAll() {
        Measured clean = measured("clean", DEAR, DEAR, DEAR, DEAR);

        Scored share = Objects.requireNonNull(result(clean).negative());

        assertThat(share.interval().value()).isZero();
        assertThat(Objects.requireNonNull(share.difference()).interval().value())
                .isEqualTo(-0.5);
        assertThat(remarks(clean, true)).noneMatch(remark -> remark.contains("unwanted"));
    }
}
