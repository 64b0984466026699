package dev.trimtab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** What a soak reads and reckons, and which requests it makes. */
class SoakTest {
    @Test
    void slope_ofPointsOnALine_isItsRise() {
        List<LineFit.Point> points = Stream.of(0.0, 1.0, 4.0)
                .map(x -> new LineFit.Point(x, 7 - 2 * x))
                .toList();

        assertThat(LineFit.slope(points)).isCloseTo(-2, within(1e-12));
    }

    @Test
    void slope_ofScatteredPoints_isThatOfLeastSquares() {
        assertThat(LineFit.slope(List.of(new LineFit.Point(0, 1), new LineFit.Point(1, 0), new LineFit.Point(2, 5))))
                .isCloseTo(2, within(1e-12));
    }

    @Test
    void slope_ofOnePlace_isNotANumber() {
        assertThat(LineFit.slope(List.of(new LineFit.Point(1, 5)))).isNaN();
    }

    @Test
    void openFiles_countTheProcesssOwnConnectionsAlone() {
        OpenFiles files = new OpenFiles(
                List.of("/dev/null", "pipe:[9]", "socket:[101]", "socket:[102]", "socket:[103]"),
                """
                  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
                   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 101 1 0 100 0
                   1: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 102 1 0 20 4
                   2: 0100007F:1F90 0100007F:D432 08 00000000:00000000 00:00000000 00000000     0        0 103 1 0 20 4
                   3: 0100007F:D431 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 777 1 0 20 4
                   4: 0100007F:D433 0100007F:1F90 06 00000000:00000000 03:000005B8 00000000     0        0 0 3 0
                """.lines().toList());

        assertThat(files.count()).isEqualTo(5);
        assertThat(files.connections()).isEqualTo(2);
    }

    @Test
    void openFiles_ofThisProcess_areRead() throws Exception {
        assertThat(OpenFiles.of(ProcessHandle.current().pid()).count()).isPositive();
    }

    @Test
    void liveHeap_isTheHistogramsTotal() {
        assertThat(LiveHeap.total("""
                4711:
                 num     #instances         #bytes  class name (module)
                -------------------------------------------------------
                   1:         80512        9123456  [B (java.base@17)
                Total        410111       23456789
                """)).isEqualTo(23_456_789);
        assertThatThrownBy(() -> LiveHeap.total("4711:\nno such process"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no such process (expected: Total");
    }

    @Test
    void liveHeap_ofThisProcess_isRead() throws Exception {
        assertThat(LiveHeap.least(ProcessHandle.current().pid(), 1)).isGreaterThan(1_000_000);
    }

    @Test
    void meters_addUpOverTags() {
        Meters meters = new Meters("""
                # TYPE trimtab_upstream_connections gauge
                trimtab_upstream_connections{purpose="draft",state="active"} 3.0
                trimtab_upstream_connections{purpose="pass",state="idle"} 1.5
                trimtab_upstream_connections_total{purpose="pass"} 100.0
                trimtab_requests_in_flight 2.0
                """);

        assertThat(meters.sum("trimtab_upstream_connections")).isEqualTo(4.5);
        assertThat(meters.sum("trimtab_requests_in_flight")).isEqualTo(2);
    }

    @Test
    void requests_areOfEveryKind_andEveryTenthLeavesAStream() {
        List<SoakRequest> sixty =
                IntStream.range(0, 60).mapToObj(SoakRequest::of).toList();

        for (String model : List.of("brand-voice", "no-prices", "demo")) {
            for (boolean stream : List.of(false, true)) {
                List<SoakRequest> ofKind = sixty.stream()
                        .filter(one -> one.model().equals(model) && one.stream() == stream)
                        .toList();
                assertThat(ofKind).hasSize(10).filteredOn(SoakRequest::leaves).hasSize(2);
            }
        }
    }

    @Test
    void clientThatLeaves_takesThreeChunks() {
        Flux<String> answer = Flux.range(0, 9).map(String::valueOf);

        assertThat(SoakRequest.of(9).taken(answer).collectList().block()).containsExactly("0", "1", "2");
        assertThat(SoakRequest.of(1).taken(answer).collectList().block()).hasSize(9);
    }

    @Test
    void frequentTokens_comeFirst() {
        FrequentTokens tokens = new FrequentTokens();
        tokens.add("""
                {"choices":[{"logprobs":{"content":[{"id":5,"token":"a"},{"id":7,"token":"b"},{"id":7,"token":"b"},
                {"id":3,"token":"c"},{"id":0,"token":""}]}}]}""".getBytes(StandardCharsets.UTF_8));

        assertThat(tokens.ids()).containsExactly(7, 3, 5);
    }
}
