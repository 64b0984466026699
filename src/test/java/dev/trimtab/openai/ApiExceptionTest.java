package dev.trimtab.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ApiExceptionTest {
    @Test
    void body_everythingKnown_hasTheShapeOfTheApi() {
        ApiException refusal = ApiException.invalid("n", "too \"many\"").withCode("invalid_value");
        assertThat(new String(refusal.body(), UTF_8))
                .isEqualTo("{\"error\":{\"message\":\"too \\\"many\\\"\",\"type\":\"invalid_request_error\","
                        + "\"param\":\"n\",\"code\":\"invalid_value\"}}");
    }

    @Test
    void body_nothingKnown_saysNull() {
        assertThat(new String(new ApiException(ErrorKind.UPSTREAM_FAILED, "gone").body(), UTF_8))
                .isEqualTo("{\"error\":{\"message\":\"gone\",\"type\":\"server_error\",\"param\":null,\"code\":null}}");
    }

    @Test
    void copies_keepWhatWasSaid() {
        ApiException overload = new ApiException(ErrorKind.OVERLOADED, "full")
                .withParam("p")
                .withRetryAfter(Duration.ofSeconds(2))
                .withStatus(503)
                .withCode("c");
        assertThat(overload).hasMessage("full");
        assertThat(overload.kind()).isEqualTo(ErrorKind.OVERLOADED);
        assertThat(overload.status()).isEqualTo(503);
        assertThat(overload.param()).isEqualTo("p");
        assertThat(overload.code()).isEqualTo("c");
        assertThat(overload.retryAfter()).isEqualTo(Duration.ofSeconds(2));
        assertThat(overload.getStackTrace()).isEmpty();
    }
}
