package dev.trimtab.upstream;

import dev.trimtab.model.Tokenizer;
import dev.trimtab.model.Vocabulary;
import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.GenerationRequest;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/**
 * The closed model's API: an OpenAI-compatible server behind one base URL.
 *
 * <p>Nothing blocks, nothing is asked again of which something has arrived, and cancelling a subscription
 * closes the connection, which is how a server
 * learns to stop. Failures are signalled as {@link ApiException}.
 */
public final class Upstream implements AutoCloseable {
    /**
     * A request's body on its way.
     *
     * @param length bytes, or {@link #UNKNOWN_LENGTH}
     * @param buffers to be subscribed at most once; each is the subscriber's to release
     */
    public record Body(long length, Publisher<ByteBuf> buffers) {
        public static final long UNKNOWN_LENGTH = -1;

        public static final Body NONE = new Body(0, Mono.empty());

        /** A body that is there. */
        public static Body of(byte[] bytes) {
            return new Body(bytes.length, Mono.fromSupplier(() -> Unpooled.wrappedBuffer(bytes)));
        }
    }

    private final UpstreamSettings settings;
    private final Transport transport;
    private final UpstreamMeters meters;
    private final Breaker breaker;
    private final Function<DraftCall, Flux<byte[]>> post;
    private final Map<String, Capabilities> ofOthers = new ConcurrentHashMap<>();
    private volatile Capabilities capabilities;

    public Upstream(UpstreamSettings settings, MeterRegistry registry) {
        this(settings, registry, null);
    }

    /** With another way to make generation calls than HTTP, where one is given. */
    Upstream(UpstreamSettings settings, MeterRegistry registry, @Nullable Function<DraftCall, Flux<byte[]>> post) {
        this.settings = settings;
        this.capabilities = settings.capabilities();
        this.meters = new UpstreamMeters(registry, settings.name());
        this.transport = new Transport(settings, meters::connections);
        this.breaker =
                new Breaker(settings.name(), settings.resilience().breaking(), Upstream::isFailure, meters::leftAlone);
        meters.watch(breaker);
        Attempts attempts = new Attempts(settings.resilience().retries(), meters::retried);
        Function<DraftCall, Flux<byte[]>> once = post == null ? transport::post : post;
        this.post = call -> attempts.of(breaker.guarded(once.apply(call)));
    }

    public String name() {
        return settings.name();
    }

    /** What its model is known to be able to do; may change from one request to the next. */
    public Capabilities capabilities() {
        return capabilities;
    }

    /** Where it is and how it is called. */
    public UpstreamSettings settings() {
        return settings;
    }

    /** From now on its model can do this. */
    public void learn(Capabilities found) {
        capabilities = found;
    }

    /** From now on another one of its models can do this. */
    public void learn(String model, Capabilities found) {
        ofOthers.put(model, found);
    }

    /** As a request for a model finds it; a model that nothing is known of is taken for its own. */
    public Asked asked(@Nullable String model) {
        Capabilities own = capabilities;
        return new Asked(this, model == null ? own : ofOthers.getOrDefault(model, own));
    }

    /**
     * Passes a request on as it is and returns the answer as it comes. Whoever cancels between the answer's head and its
     * body closes the connection too.
     *
     * @param path behind the base URL, e.g. {@code /chat/completions}
     * @param headers end-to-end headers of the client's; the upstream's key replaces their {@code Authorization}
     */
    public Mono<Passed> pass(HttpMethod method, String path, HttpHeaders headers, Body body) {
        return breaker.guarded(transport.pass(method, path, headers, body).flux())
                .single()
                .transform(meters::passed);
    }

    /** A server's error, though it arrives well. */
    private static boolean isFailure(Object answer) {
        return answer instanceof Passed passed && passed.status() >= 500;
    }

    Drafter drafter(GenerationRequest request, ObjectNode prompt, Capabilities able, @Nullable String authorization) {
        ServerTokens server = new ServerTokens(post, prompt.path("model").stringValue(null), authorization);
        PromptWriter writer = PromptWriter.of(request, prompt, able, settings.tokenizer(), server);
        return new Drafter(new DraftBody(request, prompt, able), writer, post, meters, authorization);
    }

    /** What cuts answers into this upstream's tokens. */
    AnswerTokens answerTokens(@Nullable String model) {
        Tokenizer tokenizer = settings.tokenizer();
        Vocabulary vocabulary = tokenizer == null ? settings.vocabulary() : tokenizer.vocabulary();
        return new AnswerTokens(new ServerTokens(post, model, null), tokenizer, vocabulary);
    }

    @Override
    public void close() {
        transport.close();
        Tokenizer tokenizer = settings.tokenizer();
        if (tokenizer != null) {
            tokenizer.close();
        }
    }
}
