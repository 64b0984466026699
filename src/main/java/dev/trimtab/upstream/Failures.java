package dev.trimtab.upstream;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import dev.trimtab.openai.Json;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.timeout.TimeoutException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquirePendingLimitException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquireTimeoutException;
import tools.jackson.databind.JsonNode;

/** Says what kind of error a transport failure or a rejection is. */
final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    /** An upstream in a sentence. */
    static String called(String name) {
        return "upstream".equals(name) ? "upstream" : "upstream " + name;
    }

    static ApiException classified(Throwable failure, UpstreamSettings settings) {
        if (failure instanceof ApiException known) {
            return known;
        }
        String name = called(settings.name());
        if (failure instanceof PoolAcquirePendingLimitException || failure instanceof PoolAcquireTimeoutException) {
            return new ApiException(ErrorKind.OVERLOADED, "Too many calls wait for the " + name + ".")
                    .withStatus(503)
                    .withRetryAfter(Duration.ofSeconds(1));
        }
        if (failure instanceof ConnectTimeoutException
                || failure instanceof TimeoutException
                || failure instanceof java.util.concurrent.TimeoutException) {
            return new ApiException(ErrorKind.UPSTREAM_TIMEOUT, "The " + name + " did not answer in time.");
        }
        if (failure instanceof ConnectException || failure instanceof UnknownHostException) {
            return new ApiException(
                    ErrorKind.UPSTREAM_FAILED,
                    "The " + name + " cannot be reached at " + settings.baseUrl()
                            + "; check that it runs and that trimtab.upstream.base-url is right.");
        }
        ApiException unsecured = Tls.failure(failure, settings);
        if (unsecured != null) {
            return unsecured;
        }
        if (!(failure instanceof IOException)) {
            LOG.warn("A call to the {} failed in a way that nobody has foreseen: {}", name, failure.toString());
            LOG.debug("It failed", failure);
        }
        return new ApiException(ErrorKind.UPSTREAM_FAILED, "The " + name + " broke off the connection.");
    }

    /**
     * What the upstream itself said against a request.
     *
     * @param retryAfter how long it asks to wait, where it does
     */
    static ApiException rejection(int status, @Nullable Duration retryAfter, byte[] body) {
        JsonNode error = Json.tree(body).path("error");
        String message = error.path("message").asString("The upstream answered with status " + status + ".");
        ErrorKind kind = status >= 500 ? ErrorKind.UPSTREAM_FAILED : ErrorKind.UPSTREAM_REJECTED;
        ApiException rejection =
                detailed(new ApiException(kind, message), error).withStatus(status >= 500 ? 502 : status);
        return retryAfter == null ? rejection : rejection.withRetryAfter(retryAfter);
    }

    /** An error that came in the middle of a stream. */
    static ApiException failure(JsonNode error) {
        String message = error.path("message").asString("The upstream failed in the middle of its answer.");
        return detailed(new ApiException(ErrorKind.UPSTREAM_FAILED, message), error);
    }

    private static ApiException detailed(ApiException exception, JsonNode error) {
        ApiException detailed = exception;
        if (error.path("param").isString()) {
            detailed = detailed.withParam(error.path("param").asString());
        }
        if (error.path("code").isString()) {
            detailed = detailed.withCode(error.path("code").asString());
        }
        return detailed;
    }
}
