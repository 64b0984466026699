package dev.trimtab.upstream;

/** A secret that cannot be printed: only {@link #reveal} shows it. */
public final class ApiKey {
    private final String value;

    public ApiKey(String value) {
        this.value = value;
    }

    public String reveal() {
        return value;
    }

    @Override
    public String toString() {
        return "ApiKey[redacted]";
    }
}
