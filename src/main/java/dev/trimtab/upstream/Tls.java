package dev.trimtab.upstream;

import dev.trimtab.openai.ApiException;
import dev.trimtab.openai.ErrorKind;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;

/** How connections to an {@code https://} upstream are secured: its certificate and its host's name are always verified. */
final class Tls {
    private Tls() {}

    /** True for this machine. A name is not looked up: what it means may change. */
    static boolean isLoopback(String host) {
        if (host.equals("localhost")) {
            return true;
        }
        byte[] address = NetUtil.createByteArrayFromIpAddressString(host);
        try {
            return address != null && InetAddress.getByAddress(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The client, trusting the settings' certificates where they name any, and the Java runtime's otherwise. */
    static HttpClient secured(HttpClient client, UpstreamSettings settings) {
        Path trusted = settings.trustedCertificates();
        if (trusted == null || !"https".equals(settings.baseUrl().getScheme())) {
            return client;
        }
        SslContext context = trusting(trusted);
        return client.secure(ssl -> ssl.sslContext(context));
    }

    private static SslContext trusting(Path trusted) {
        try {
            return SslContextBuilder.forClient().trustManager(trusted.toFile()).build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "trimtab.upstream.trusted-certificates: " + trusted + " (expected: a PEM file of certificates)", e);
        }
    }

    /** What a client is told of a connection that could not be secured, or null where that was not the reason. */
    static @Nullable ApiException failure(Throwable failure, UpstreamSettings settings) {
        if (!(failure instanceof SSLException)) {
            return null;
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                return new ApiException(
                        ErrorKind.UPSTREAM_FAILED,
                        "The certificate of the upstream is not trusted: " + cause.getMessage() + " (expected: one for "
                                + settings.baseUrl().getHost()
                                + " from an authority that is trusted; see trimtab.upstream.trusted-certificates).");
            }
        }
        return new ApiException(
                ErrorKind.UPSTREAM_FAILED,
                "The connection to the upstream could not be secured: " + failure.getMessage() + ".");
    }
}
