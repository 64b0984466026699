package dev.trimtab.openai;

/** What kind of failure an error is, before anything else is said about it. */
public enum ErrorKind {
    INVALID_REQUEST(400, "invalid_request_error", false),
    UNAUTHENTICATED(401, "invalid_request_error", false),
    FORBIDDEN(403, "invalid_request_error", false),
    NOT_FOUND(404, "invalid_request_error", false),
    /** A policy cannot be applied to this request or at this upstream. */
    POLICY_REFUSED(400, "invalid_request_error", false),
    OVERLOADED(429, "requests", true),
    /** The upstream said no; its status is kept. */
    UPSTREAM_REJECTED(400, "invalid_request_error", false),
    UPSTREAM_FAILED(502, "server_error", true),
    UPSTREAM_TIMEOUT(504, "server_error", true),
    INTERNAL(500, "server_error", true);

    private final int status;
    private final String type;
    private final boolean retryable;

    ErrorKind(int status, String type, boolean retryable) {
        this.status = status;
        this.type = type;
        this.retryable = retryable;
    }

    /** The HTTP status that answers it unless an exception says otherwise. */
    public int status() {
        return status;
    }

    /** OpenAI's {@code type}. */
    public String type() {
        return type;
    }

    /** True where the same request may succeed later. */
    public boolean retryable() {
        return retryable;
    }
}
