package dev.trimtab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** This program with other arguments, in a JVM of its own with the same flags; ended with this one at the latest. */
final class ServerProcess implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("ready: (http://[^/\\s]+)");
    private static final String LAUNCHER = "org.springframework.boot.loader.launch.JarLauncher";

    private final Process process;
    private final Thread end;
    private final URI url;

    private ServerProcess(Process process) throws IOException {
        this.process = process;
        this.end = new Thread(process::destroy);
        Runtime.getRuntime().addShutdownHook(end);
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        this.url = url(output);
        Thread drain = new Thread(() -> drain(process));
        drain.setDaemon(true);
        drain.start();
    }

    /** Starts it and waits until it says that it is ready. */
    static ServerProcess start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().keySet().removeIf(name -> name.startsWith("TRIMTAB_"));
        return new ServerProcess(builder.start());
    }

    /** The packaged jar's own, or this program's where its classes are on the class path themselves. */
    private static String mainClass() {
        boolean packaged =
                ClassLoader.getSystemClassLoader().getResource(LAUNCHER.replace('.', '/') + ".class") != null;
        return packaged ? LAUNCHER : Trimtab.class.getName();
    }

    private static URI url(BufferedReader output) throws IOException {
        StringBuilder said = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            Matcher ready = READY.matcher(line);
            if (ready.find()) {
                return URI.create(ready.group(1));
            }
            said.append(line).append('\n');
        }
        throw new IOException("A server did not start.\n" + said);
    }

    /** What it says later is of no interest, but would fill the pipe. */
    private static void drain(Process process) {
        try {
            process.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException ended) {
            // So has what it said.
        }
    }

    /** Where it listens, without a path. */
    URI url() {
        return url;
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(end);
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException stopped) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
