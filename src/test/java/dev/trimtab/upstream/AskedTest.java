package dev.trimtab.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AskedTest {
    private final Upstream upstream = new ScriptedUpstream(ScriptedUpstream.capable(5), 1).upstream();

    @Test
    void capabilities_areTheModelsOwn_orThoseOfTheUpstreamsModel() {
        upstream.learn("other", ScriptedUpstream.capable(3));
        assertThat(upstream.asked("other").capabilities().topLogprobs()).isEqualTo(3);
        assertThat(upstream.asked("unheard-of").capabilities().topLogprobs()).isEqualTo(5);
        assertThat(upstream.asked(null).capabilities().topLogprobs()).isEqualTo(5);
    }

    @Test
    void capabilities_thatAreLearntMeanwhile_changeNothingOfARequestThatHasBegun() {
        Asked begun = upstream.asked(null);
        upstream.learn(Capabilities.CONSERVATIVE);
        assertThat(begun.capabilities().topLogprobs()).isEqualTo(5);
        assertThat(upstream.asked(null).capabilities()).isEqualTo(Capabilities.CONSERVATIVE);
    }
}
