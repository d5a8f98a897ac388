package io.irscale.ffi;

import io.irscale.error.LibraryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where irscale unpacks native libraries: the first of the system property {@code irscale.cache}, the environment
 * variable {@code IRSCALE_CACHE}, {@code $XDG_CACHE_HOME/irscale}, {@code ~/.cache/irscale}. Folders made for it are
 * open to their owner only.
 */
public final class UserCache {
    private UserCache() {}

    /**
     * A folder of the cache, made if need be.
     *
     * @throws LibraryException if it cannot be made
     */
    public static Path folder(String name) {
        Path folder = root(System.getenv(), System.getProperty("irscale.cache"), System.getProperty("user.home", ""))
                .resolve(name);
        try {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new LibraryException(
                    folder + ": the cache folder cannot be made ("
                            + e.getClass().getSimpleName() + "); set IRSCALE_CACHE to a folder you may write to",
                    e);
        }
        return folder;
    }

    static Path root(Map<String, String> environment, @Nullable String property, String home) {
        String chosen = property == null ? environment.getOrDefault("IRSCALE_CACHE", "") : property;
        if (!chosen.isEmpty()) {
            return Path.of(chosen).toAbsolutePath();
        }
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        // The XDG specification tells to ignore a relative path.
        return (xdg.startsWith("/") ? Path.of(xdg) : Path.of(home, ".cache")).resolve("irscale");
    }
}
