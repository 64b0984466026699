package dev.trimtab.policy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;

/** The folder of one policy: {@code policy.yaml} and the files that it names. */
record PolicyFolder(Path path) {
    private static final int VERSION_DIGITS = 12;

    /** The folders under a root, by name; none where the root does not exist. Hidden ones are no policies. */
    static List<PolicyFolder> under(Path root) throws IOException {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(root)) {
            return entries.filter(Files::isDirectory)
                    .filter(path -> !path.getFileName().toString().startsWith("."))
                    .sorted()
                    .map(PolicyFolder::new)
                    .toList();
        }
    }

    String name() {
        return path.getFileName().toString();
    }

    Path file(String name) {
        return path.resolve(name);
    }

    /** True for the name of a file in the folder, at any depth; no name leads out of it. */
    boolean has(String name) {
        try {
            return Files.isRegularFile(file(name)) && file(name).toRealPath().startsWith(path.toRealPath());
        } catch (IOException e) {
            return false;
        }
    }

    /** Names, sizes and times: changes whenever a file does, and costs no reading. */
    String fingerprint() throws IOException {
        StringBuilder fingerprint = new StringBuilder();
        for (Path file : files()) {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            fingerprint.append(path.relativize(file)).append(' ').append(attributes.size());
            fingerprint.append(' ').append(attributes.lastModifiedTime()).append('\n');
        }
        return fingerprint.toString();
    }

    /** The first digits of the SHA-256 over every file's name, length and bytes, in the names' order. */
    String version() throws IOException {
        MessageDigest digest = DigestUtils.getSha256Digest();
        for (Path file : files()) {
            String head = path.relativize(file) + "\0" + Files.size(file) + "\0";
            digest.update(head.replace('\\', '/').getBytes(StandardCharsets.UTF_8));
            digest.update(Files.readAllBytes(file));
        }
        return Hex.encodeHexString(digest.digest()).substring(0, VERSION_DIGITS);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
