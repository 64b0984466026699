package dev.trimtab;

import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Why a start failed, in one sentence, where a setting is the reason; the framework's own words elsewhere. */
@Order(Ordered.HIGHEST_PRECEDENCE)
class StartFailures implements FailureAnalyzer {
    @Override
    public @Nullable FailureAnalysis analyze(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String sentence = sentence(cause);
            if (sentence != null) {
                return new FailureAnalysis(sentence, "", cause);
            }
        }
        return null;
    }

    private static @Nullable String sentence(Throwable cause) {
        if (cause instanceof PortInUseException taken) {
            return "Port " + taken.getPort() + " is taken: set another one with SERVER_PORT or server.port.";
        }
        if (cause instanceof UnboundConfigurationPropertiesException unbound) {
            return unbound.getUnboundProperties().stream()
                    .map(property -> property.getName() + ": " + property.getValue()
                            + " (expected: no such key; config/application.yml lists all)")
                    .collect(Collectors.joining("\n"));
        }
        boolean setting = cause instanceof IllegalArgumentException
                && String.valueOf(cause.getMessage()).contains("(expected: ");
        return setting ? cause.getMessage() : null;
    }
}
