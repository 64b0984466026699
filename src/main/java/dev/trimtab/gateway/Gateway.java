package dev.trimtab.gateway;

import static org.springframework.web.reactive.function.server.RequestPredicates.path;

import dev.trimtab.openai.AnswerForm;
import dev.trimtab.openai.ApiException;
import dev.trimtab.policy.PolicyCatalogue;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.http.HttpMethod;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;

/**
 * The HTTP API that clients see.
 *
 * <p>A request passes {@link #metered}, {@link #authentication}, {@link #admission} and its route; whatever fails on the
 * way becomes an OpenAI-shaped answer in {@link #errors}.
 */
public final class Gateway {
    private Gateway() {}

    public static RouterFunction<ServerResponse> routes(
            GatewaySettings settings, PolicyCatalogue policies, Backends backends, Clock clock) {
        Passage passage = new Passage(backends);
        PolicyChooser chooser = new PolicyChooser(policies, settings.defaultPolicy(), settings.model());
        GenerationEndpoint generation = new GenerationEndpoint(
                new RequestBodies(settings.maxBodySize()),
                chooser,
                passage,
                backends,
                new SteeredAnswers(backends, clock, settings));
        ModelsEndpoint models = new ModelsEndpoint(policies, passage, clock.instant());
        OtherEndpoints others = new OtherEndpoints(passage, chooser, settings.maxPassedBodySize());
        RouterFunction<ServerResponse> routes = RouterFunctions.route()
                .GET("/", new Welcome(policies)::answer)
                .GET("/v1/models", models::list)
                .GET("/v1/models/{*model}", models::one)
                .route(request -> request.path().startsWith("/v1/"), others::pass)
                .route(path("/"), Gateway::methodNotAllowed)
                .build();
        return request -> generations(generation, request).switchIfEmpty(Mono.defer(() -> routes.route(request)));
    }

    /** The two that nearly every request is for, without a look at patterns. */
    private static Mono<HandlerFunction<ServerResponse>> generations(
            GenerationEndpoint generation, ServerRequest request) {
        if (!request.method().equals(HttpMethod.POST)) {
            return Mono.empty();
        }
        return switch (request.path()) {
            case "/v1/chat/completions" -> Mono.just(asked -> generation.answer(asked, AnswerForm.CHAT));
            case "/v1/completions" -> Mono.just(asked -> generation.answer(asked, AnswerForm.COMPLETION));
            default -> Mono.empty();
        };
    }

    /**
     * Serves the routes ahead of the framework's dispatcher, which would look through all of its mappings for each request
     * and handle what it found in three steps more.
     */
    public static WebFilter served(RouterFunction<ServerResponse> routes) {
        WebHandler handler = RouterFunctions.toWebHandler(routes);
        return (exchange, chain) -> {
            String path = exchange.getRequest().getPath().value();
            return path.equals("/") || path.startsWith("/v1/") ? handler.handle(exchange) : chain.filter(exchange);
        };
    }

    /** Counts and times every request. */
    public static WebFilter metered(MeterRegistry registry) {
        return new GatewayMeters(registry);
    }

    /** Asks for a key, where the settings have any; absent otherwise. */
    public static @Nullable WebFilter authentication(GatewaySettings settings) {
        return settings.keys().isEmpty() ? null : new Authentication(settings.keys(), settings.retryAfter());
    }

    /** Refuses what is too much at once. */
    public static WebFilter admission(GatewaySettings settings) {
        return new Admission(settings.maxConcurrentRequests(), settings.retryAfter());
    }

    public static WebExceptionHandler errors() {
        return new ErrorAnswers();
    }

    /** Bounds how long a request may take to arrive whole. */
    public static NettyServerCustomizer requestTimeout(Duration timeout) {
        return server -> server.requestTimeout(timeout);
    }

    private static Mono<ServerResponse> methodNotAllowed(ServerRequest request) {
        return Mono.error(
                ApiException.invalid(null, "Not allowed to " + request.method() + " on " + request.path() + ".")
                        .withStatus(405)
                        .withCode("method_not_supported"));
    }
}
