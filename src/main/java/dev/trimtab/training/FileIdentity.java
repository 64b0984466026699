package dev.trimtab.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.codec.digest.DigestUtils;

/** Tells a file from others of its name. */
final class FileIdentity {
    private FileIdentity() {}

    /** Its name and its bytes' hash, {@code name (SHA-256 …)}. */
    static String of(Path file) throws IOException {
        return file.getFileName() + " (SHA-256 " + DigestUtils.sha256Hex(Files.readAllBytes(file)) + ")";
    }
}
