package dev.trimtab.openai;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The one exception that crosses rooms: a failure that a client is told of. Its body has OpenAI's shape. */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    /** Said of who asks or when, not of what is asked: a key, credit, a right, a proxy, too slow, too early, too often. */
    private static final Set<Integer> OF_THE_CALLER = Set.of(401, 402, 403, 407, 408, 425, 429);

    private final ErrorKind kind;
    private final int status;
    private final @Nullable String param;
    private final @Nullable String code;
    private final @Nullable Duration retryAfter;

    public ApiException(ErrorKind kind, String message) {
        this(kind, message, kind.status(), null, null, null);
    }

    private ApiException(
            ErrorKind kind,
            String message,
            int status,
            @Nullable String param,
            @Nullable String code,
            @Nullable Duration retryAfter) {
        super(message, null, false, kind == ErrorKind.INTERNAL);
        this.kind = kind;
        this.status = status;
        this.param = param;
        this.code = code;
        this.retryAfter = retryAfter;
    }

    /** A mistake in a request; {@code param} names the parameter. */
    public static ApiException invalid(@Nullable String param, String message) {
        return new ApiException(
                ErrorKind.INVALID_REQUEST, message, ErrorKind.INVALID_REQUEST.status(), param, null, null);
    }

    public ApiException withParam(String named) {
        return new ApiException(kind, text(), status, named, code, retryAfter);
    }

    public ApiException withCode(String named) {
        return new ApiException(kind, text(), status, param, named, retryAfter);
    }

    public ApiException withStatus(int answered) {
        return new ApiException(kind, text(), answered, param, code, retryAfter);
    }

    public ApiException withRetryAfter(Duration wait) {
        return new ApiException(kind, text(), status, param, code, wait);
    }

    public ErrorKind kind() {
        return kind;
    }

    /** The HTTP status, 400 to 599. */
    public int status() {
        return status;
    }

    /** True where the upstream refuses what is asked, so that it may be asked for less. */
    public boolean refusesTheAsk() {
        return kind == ErrorKind.UPSTREAM_REJECTED && !OF_THE_CALLER.contains(status);
    }

    public @Nullable String param() {
        return param;
    }

    public @Nullable String code() {
        return code;
    }

    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /** The answer's body: {@code {"error": {message, type, param, code}}}. */
    public byte[] body() {
        ObjectNode body = Json.mapper().createObjectNode();
        body.putObject("error")
                .put("message", text())
                .put("type", kind.type())
                .put("param", param)
                .put("code", code);
        return Json.bytes(body);
    }

    private String text() {
        String message = getMessage();
        return message == null ? kind.name() : message;
    }
}
