package dev.trimtab.evaluation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The memory of this process as the system counts it. */
final class ProcessMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    private ProcessMemory() {}

    /** 0 where the system does not tell. */
    static long residentMebibytes() {
        try {
            Matcher resident = RESIDENT.matcher(Files.exists(STATUS) ? Files.readString(STATUS) : "");
            return resident.find() ? Long.parseLong(resident.group(1)) / 1024 : 0;
        } catch (IOException untold) {
            return 0;
        }
    }
}
