package dev.trimtab.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * What a gateway's meters show.
 *
 * @param text in the Prometheus format
 */
record Meters(String text) {
    /** @param server without a path; the connection to it is closed afterwards */
    static Meters of(URI server) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                server.resolve("/actuator/prometheus").toURL().openConnection();
        connection.setRequestProperty("connection", "close");
        try (InputStream body = connection.getInputStream()) {
            return new Meters(new String(body.readAllBytes(), StandardCharsets.UTF_8));
        } finally {
            connection.disconnect();
        }
    }

    /** The sum of a meter's values over all its tags. */
    double sum(String name) {
        return text.lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
