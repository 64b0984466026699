package dev.trimtab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.UpstreamProperties.CapabilityProperties;
import dev.trimtab.token.ShownLaw;
import dev.trimtab.token.Truncation;
import dev.trimtab.upstream.Capabilities;
import dev.trimtab.upstream.Capabilities.Continuation;
import dev.trimtab.upstream.Capabilities.EndRecords;
import dev.trimtab.upstream.Capabilities.Template;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CapabilityPropertiesTest {
    private static final Capabilities FOUND = new Capabilities(
            20,
            ShownLaw.RAW,
            Truncation.Order.TRUNCATION_FIRST,
            Continuation.TOKEN_IDS,
            false,
            300,
            EndRecords.WHOLE_ONLY,
            Map.of(),
            Map.of(),
            1,
            0,
            0,
            true,
            false,
            Template.APPLY_TEMPLATE,
            true);

    @Test
    void nothingStated_isWhatWasFound() {
        assertThat(stated(null, null).over(FOUND)).isEqualTo(FOUND);
    }

    /** A found template goes with its continuation. */
    @Test
    void statedContinuation_isTheChatEndpoints_unlessATemplateIsStated() {
        assertThat(stated(Continuation.PREFILL, null).over(FOUND).template()).isEqualTo(Template.NONE);
        assertThat(stated(Continuation.TEXT, Template.CHATML).over(FOUND).template())
                .isEqualTo(Template.CHATML);
    }

    private static CapabilityProperties stated(@Nullable Continuation continuation, @Nullable Template template) {
        return new CapabilityProperties(
                null,
                null,
                null,
                continuation,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                template,
                null);
    }
}
