package dev.trimtab.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.upstream.UpstreamSettings.ApiKey;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

class KeyMaskTest {
    private static final String KEY = "sk-sk-secret";
    private static final String STARS = "*".repeat(KEY.length());

    private final KeyMask mask = new KeyMask(new ApiKey(KEY));

    @Test
    void body_inAnyTwoCuts_hasStarsForTheKey_andEveryOtherByte() {
        String body = "sk-sk-sk-secret " + KEY + KEY + " sk-sk-secre sk-sk-secret sk-";
        String masked = body.replace(KEY, STARS);
        for (int first = 0; first <= body.length(); first++) {
            for (int second = first; second <= body.length(); second++) {
                List<String> pieces =
                        List.of(body.substring(0, first), body.substring(first, second), body.substring(second));
                assertThat(text(mask.body(Flux.fromIterable(pieces).map(KeyMaskTest::buffer))))
                        .isEqualTo(masked);
            }
        }
    }

    @Test
    void nothingThatCannotBeTheKey_isHeldBack() {
        List<ByteBuf> passed = mask.body(Flux.just(buffer("data: a\n\n"), buffer("data: b\n\n")))
                .collectList()
                .block();
        assertThat(passed).extracting(KeyMaskTest::text).containsExactly("data: a\n\n", "data: b\n\n");
    }

    @Test
    void failureHeadersAndPayload_haveStarsForTheKey() {
        ApiException failure = new ApiException(ErrorKind.UPSTREAM_REJECTED, "no such key: " + KEY)
                .withStatus(401)
                .withCode(KEY)
                .withParam(KEY)
                .withRetryAfter(Duration.ofSeconds(3));
        ApiException masked = (ApiException) mask.failure(failure);
        HttpHeaders headers =
                new DefaultHttpHeaders().add("x-key", "Bearer " + KEY).add("x-other", "1");

        assertThat(new String(masked.body(), StandardCharsets.UTF_8))
                .doesNotContain(KEY)
                .contains(STARS);
        assertThat(masked.status()).isEqualTo(401);
        assertThat(masked.retryAfter()).isEqualTo(Duration.ofSeconds(3));
        assertThat(mask.headers(headers).get("x-key")).isEqualTo("Bearer " + STARS);
        assertThat(headers.get("x-other")).isEqualTo("1");
        assertThat(new String(mask.payload(("a" + KEY + "b").getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8))
                .isEqualTo("a" + STARS + "b");
    }

    @Test
    void withoutAKey_everythingPasses() {
        KeyMask none = new KeyMask(null);
        Flux<ByteBuf> body = Flux.empty();
        assertThat(none.body(body)).isSameAs(body);
        assertThat(none.failure(new IllegalStateException("x"))).hasMessage("x");
    }

    private static ByteBuf buffer(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }

    private static String text(ByteBuf buffer) {
        return buffer.toString(StandardCharsets.UTF_8);
    }

    private static String text(Flux<ByteBuf> body) {
        return String.join("", body.map(KeyMaskTest::text).collectList().block());
    }
}
