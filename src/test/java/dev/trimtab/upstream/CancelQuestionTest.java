package dev.trimtab.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class CancelQuestionTest {
    private final AtomicBoolean writing = new AtomicBoolean();

    /** @param stops whether the server notices that its stream is closed */
    private Seen<Boolean> asked(boolean stops) {
        Flux<byte[]> endless =
                Flux.<byte[]>never().doOnSubscribe(begun -> writing.set(true)).doOnCancel(() -> writing.set(!stops));
        return question(endless, Mono.fromSupplier(() -> slots(writing.get())));
    }

    private static Seen<Boolean> question(Flux<byte[]> stream, Mono<byte[]> slots) {
        Duration bound = Duration.ofSeconds(30);
        return new CancelQuestion(new ProbeCalls(call -> stream, path -> slots, "m", bound, bound)).stops();
    }

    private static byte[] slots(boolean busy) {
        return ("[{\"id\":0,\"is_processing\":false},{\"id\":1,\"is_processing\":" + busy + "}]")
                .getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void serverThatStops_isSeenToStop() {
        assertThat(asked(true).value()).isTrue();
    }

    @Test
    void serverThatGoesOn_isSeenToGoOn() {
        assertThat(asked(false).value()).isFalse();
    }

    @Test
    void serverWithOtherWork_tellsNothing() {
        assertThat(question(Flux.never(), Mono.just(slots(true))).value()).isNull();
    }

    @Test
    void serverThatDoesNotTell_staysUnknown() {
        Mono<byte[]> untold = Mono.error(new ApiException(ErrorKind.UPSTREAM_REJECTED, "404"));
        assertThat(question(Flux.never(), untold).value()).isNull();
    }
}
