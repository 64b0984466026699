package dev.trimtab.gateway;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.openai.RequestHead;
import dev.trimtab.policy.Policy;
import dev.trimtab.steering.Steering;
import dev.trimtab.upstream.Passed;
import dev.trimtab.upstream.Upstream;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The upstreams in the order in which they are asked for generated text: the next one where the one before cannot answer,
 * as long as nothing of an answer was sent. Everything else is the first one's alone, since files and the like live there.
 */
public final class Backends implements AutoCloseable {
    /**
     * An upstream and what steers it.
     *
     * @param model what it is asked instead of the model that the first one would be, or null for the same
     */
    public record Backend(
            Upstream upstream, Steering steering, @Nullable String model) {
        /** A request's body as this one is to read it. */
        byte[] body(byte[] body) {
            return model == null ? body : RequestHead.withModel(body, model);
        }
    }

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final List<Backend> all;

    /** @param all the first one and its fallbacks */
    public Backends(List<Backend> all) {
        this.all = List.copyOf(all);
    }

    public Upstream first() {
        return all.get(0).upstream();
    }

    public List<Upstream> upstreams() {
        return all.stream().map(Backend::upstream).toList();
    }

    /** Those that a policy may be applied at. */
    List<Backend> of(Policy policy) {
        return all.stream()
                .filter(backend -> policy.upstream() == null
                        || policy.upstream().equals(backend.upstream().name()))
                .toList();
    }

    List<Backend> all() {
        return all;
    }

    /** Says which upstream answers, where there are several. */
    void describe(HttpHeaders headers, Backend answering) {
        if (all.size() > 1) {
            headers.set("x-trimtab-upstream", answering.upstream().name());
        }
    }

    /** The answer of the first that can, or the last one's failure. An answer that another may better is read to its end. */
    static Mono<Passed> pass(List<Backend> backends, Function<Backend, Mono<Passed>> ask) {
        Mono<Passed> first = ask.apply(backends.get(0));
        List<Backend> others = backends.subList(1, backends.size());
        if (others.isEmpty()) {
            return first;
        }
        return first.flatMap(passed -> isBetterAsked(passed.status())
                        ? dropped(passed).then(Mono.defer(() -> pass(others, ask)))
                        : Mono.just(passed))
                .onErrorResume(Backends::mayAnswerElsewhere, failure -> pass(others, ask));
    }

    private static Mono<Void> dropped(Passed passed) {
        return passed.body()
                .doOnNext(ReferenceCountUtil::release)
                .takeUntilOther(Mono.delay(PATIENCE))
                .onErrorComplete()
                .then();
    }

    /** The parts of the first that can answer, or the failure of the last that the policy can be applied at. */
    static <T> Flux<T> steer(List<Backend> backends, Function<Backend, Flux<T>> ask) {
        Flux<T> first = ask.apply(backends.get(0));
        List<Backend> others = backends.subList(1, backends.size());
        if (others.isEmpty()) {
            return first;
        }
        return first.switchOnFirst((signal, parts) -> {
            Throwable failure = signal.getThrowable();
            return failure != null && mayAnswerElsewhere(failure)
                    ? steer(others, ask).onErrorMap(Backends::isRefusal, refused -> failure)
                    : parts;
        });
    }

    private static boolean isRefusal(Throwable failure) {
        return failure instanceof ApiException known && known.kind() == ErrorKind.POLICY_REFUSED;
    }

    private static boolean mayAnswerElsewhere(Throwable failure) {
        return failure instanceof ApiException known && isBetterAsked(known.status());
    }

    /** A server's failure, or a limit of its own. */
    private static boolean isBetterAsked(int status) {
        return status == 429 || status >= 500;
    }

    @Override
    public void close() {
        upstreams().forEach(Upstream::close);
    }
}
