package dev.trimtab.gateway;

import dev.trimtab.upstream.Passed;
import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseCookie;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The upstream's answer as our own. Its headers and its body's buffers go over as they are, without a builder between. */
record PassedAnswer(Passed passed) implements ServerResponse {
    @Override
    public HttpStatusCode statusCode() {
        return HttpStatusCode.valueOf(passed.status());
    }

    @Override
    public HttpHeaders headers() {
        HttpHeaders headers = new HttpHeaders();
        EndToEndHeaders.ofAnswer(passed.headers(), headers);
        return headers;
    }

    /** None apart from the headers. */
    @Override
    public MultiValueMap<String, ResponseCookie> cookies() {
        return new LinkedMultiValueMap<>();
    }

    @Override
    public Mono<Void> writeTo(ServerWebExchange exchange, Context context) {
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(statusCode());
        EndToEndHeaders.ofAnswer(passed.headers(), response.getHeaders());
        return FlushedBody.write(response, buffers((NettyDataBufferFactory) response.bufferFactory()));
    }

    private Flux<DataBuffer> buffers(NettyDataBufferFactory netty) {
        return passed.body()
                .doOnDiscard(ByteBuf.class, ReferenceCountUtil::release)
                .map(netty::wrap);
    }
}
