package dev.trimtab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a process holds open, from Linux's {@code /proc}.
 *
 * @param links where its descriptors point: a path, or {@code socket:[INODE]}
 * @param tcp the lines of its network's {@code net/tcp} and {@code net/tcp6}
 */
record OpenFiles(List<String> links, List<String> tcp) {
    private static final String LISTENING = "0A";

    static OpenFiles of(long pid) throws IOException {
        Path process = Path.of("/proc", Long.toString(pid));
        List<String> links = new ArrayList<>();
        try (Stream<Path> descriptors = Files.list(process.resolve("fd"))) {
            for (Path descriptor : descriptors.toList()) {
                links.add(Files.readSymbolicLink(descriptor).toString());
            }
        }
        List<String> tcp = new ArrayList<>(Files.readAllLines(process.resolve("net/tcp")));
        Path six = process.resolve("net/tcp6");
        if (Files.exists(six)) {
            tcp.addAll(Files.readAllLines(six));
        }
        return new OpenFiles(links, tcp);
    }

    int count() {
        return links.size();
    }

    /** The TCP connections among them, in whatever state but listening. */
    int connections() {
        return (int) tcp.stream()
                .map(line -> line.trim().split("\\s+"))
                .filter(line -> line.length > 9 && !line[3].equals(LISTENING))
                .filter(line -> links.contains("socket:[" + line[9] + "]"))
                .count();
    }
}
