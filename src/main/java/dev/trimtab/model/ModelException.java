package dev.trimtab.model;

/** A model, tokenizer or template on disk that cannot be used, or a run that failed. */
public final class ModelException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ModelException(String message) {
        super(message);
    }

    public ModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
