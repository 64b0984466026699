package dev.trimtab.gateway;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.util.DisconnectedClientHelper;
import reactor.core.publisher.Mono;

/** Answers every failure in the API's own shape, as long as nothing was sent; after that the connection is closed. */
final class ErrorAnswers implements WebExceptionHandler, Ordered {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorAnswers.class);

    /** Before the framework's own. */
    @Override
    public int getOrder() {
        return -10;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
        if (DisconnectedClientHelper.isClientDisconnectedException(failure)) {
            return Mono.empty();
        }
        ServerHttpResponse response = exchange.getResponse();
        ApiException error = known(exchange.getRequest(), failure);
        if (response.isCommitted()) {
            LOG.warn("An answer was broken off: {}", error.getMessage());
            return Mono.error(error);
        }
        return write(response, error);
    }

    private static Mono<Void> write(ServerHttpResponse response, ApiException error) {
        byte[] body = error.body();
        response.setStatusCode(HttpStatusCode.valueOf(error.status()));
        HttpHeaders headers = response.getHeaders();
        headers.remove(HttpHeaders.TRANSFER_ENCODING);
        headers.remove(HttpHeaders.CONTENT_ENCODING);
        headers.setContentType(MediaType.APPLICATION_JSON);
        headers.setContentLength(body.length);
        Duration retryAfter = error.retryAfter();
        if (retryAfter != null) {
            headers.set(HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, retryAfter.toSeconds())));
        }
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(body)));
    }

    private static ApiException known(ServerHttpRequest request, Throwable failure) {
        if (failure instanceof ResponseStatusException status) {
            return ofStatus(request, status.getStatusCode().value());
        }
        return classified(failure);
    }

    /** The failure as a client is told of it; what nobody has foreseen is logged. */
    static ApiException classified(Throwable failure) {
        if (failure instanceof ApiException error) {
            return error;
        }
        LOG.error("A request failed", failure);
        return new ApiException(ErrorKind.INTERNAL, "The gateway failed on this request.");
    }

    private static ApiException ofStatus(ServerHttpRequest request, int status) {
        if (status == 404) {
            String url = request.getMethod() + " " + request.getPath().value();
            return new ApiException(ErrorKind.NOT_FOUND, "Unknown request URL: " + url + ".").withCode("unknown_url");
        }
        return ApiException.invalid(null, "The request cannot be read.").withStatus(status);
    }
}
