package dev.trimtab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** How much memory a process holds, where the system tells. */
final class ResidentMemory {
    private ResidentMemory() {}

    /** In MiB, as tables have it; a dash elsewhere than on Linux. */
    static String of(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .map(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                    .map(mebibytes -> String.format(Locale.ROOT, "%d MiB", mebibytes))
                    .findFirst()
                    .orElse("–");
        } catch (IOException untold) {
            return "–";
        }
    }
}
