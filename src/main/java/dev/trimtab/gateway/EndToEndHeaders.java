package dev.trimtab.gateway;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What of a message's headers is meant for its other end and not for the next hop (RFC 9110, section 7.6.1). */
final class EndToEndHeaders {
    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    /** Of a request: set anew for the upstream, or settled between the client and this server. */
    private static final Set<String> OURS = Set.of("host", "content-length", "expect");

    private static final String OWN_PREFIX = "x-trimtab-";

    private EndToEndHeaders() {}

    /** A request's, without those that are meant for Trimtab. */
    static HttpHeaders ofRequest(org.springframework.http.HttpHeaders headers) {
        HttpHeaders kept = new DefaultHttpHeaders();
        Set<String> hop = named(headers.getOrEmpty("connection"));
        headers.forEach((name, values) -> {
            String key = name.toLowerCase(Locale.ROOT);
            if (!HOP_BY_HOP.contains(key) && !hop.contains(key) && !OURS.contains(key) && !key.startsWith(OWN_PREFIX)) {
                kept.add(name, values);
            }
        });
        return kept;
    }

    /** Adds an answer's to those of our own answer. */
    static void ofAnswer(HttpHeaders headers, org.springframework.http.HttpHeaders out) {
        Set<String> hop = named(headers.getAll("connection"));
        for (Map.Entry<String, String> header : headers) {
            String key = header.getKey().toLowerCase(Locale.ROOT);
            if (!HOP_BY_HOP.contains(key) && !hop.contains(key)) {
                out.add(header.getKey(), header.getValue());
            }
        }
    }

    private static Set<String> named(List<String> connection) {
        return connection.isEmpty()
                ? Set.of()
                : connection.stream()
                        .flatMap(value -> Stream.of(value.split(",")))
                        .map(name -> name.trim().toLowerCase(Locale.ROOT))
                        .collect(Collectors.toSet());
    }
}
