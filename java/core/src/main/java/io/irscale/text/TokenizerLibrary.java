package io.irscale.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.util.Platform;
import ai.djl.util.Utils;
import io.irscale.error.InvalidInputException;
import io.irscale.error.LibraryException;
import io.irscale.ffi.CachedLibrary;
import io.irscale.ffi.UserCache;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Keeps DJL, which wraps the Hugging Face tokenizers, off the network and out of shared folders.
 *
 * <p>DJL unpacks its native library into a cache folder and loads from there whatever it finds. Left alone it falls back
 * to the system's temporary folder, where anybody could have put a file; and on a cloud machine it reports its use to
 * its makers. So, before DJL is first touched, these system properties are set where neither the property nor the
 * environment variable of that name is: {@code ai.djl.offline=true} ({@code DJL_OFFLINE}),
 * {@code OPT_OUT_TRACKING=true}, and {@code ENGINE_CACHE_DIR}, unless {@code DJL_CACHE_DIR} says where to go. The cache
 * is {@code djl} in irscale's own ({@link UserCache}), and the library in it is made whole by {@link CachedLibrary}.
 */
final class TokenizerLibrary {
    private static final String NAME = "libtokenizers.so";
    private static boolean prepared;

    private TokenizerLibrary() {}

    /**
     * Throws {@link InvalidInputException} if DJL was told to go online, {@link LibraryException} if its library cannot be
     * unpacked.
     */
    static synchronized void prepare() {
        if (prepared) {
            return;
        }
        setUnlessGiven("ai.djl.offline", "DJL_OFFLINE", "true");
        setUnlessGiven("OPT_OUT_TRACKING", "OPT_OUT_TRACKING", "true");
        if (!Utils.isOfflineMode()) {
            throw new InvalidInputException(
                    "DJL_OFFLINE (or ai.djl.offline) is not true: irscale never goes online; leave it unset");
        }
        if (!given("ENGINE_CACHE_DIR") && !given("DJL_CACHE_DIR")) {
            Path cache = UserCache.folder("djl");
            System.setProperty("ENGINE_CACHE_DIR", cache.toString());
        }
        if (!given("RUST_LIBRARY_PATH") && !given("RUST_FLAVOR")) {
            unpack();
        }
        prepared = true;
    }

    /** Puts the library where DJL would, which loads whatever it finds there, even one that was cut short. */
    private static void unpack() {
        Platform platform = Platform.detectPlatform("tokenizers");
        String resource = "/native/lib/" + platform.getClassifier() + "/cpu/" + NAME;
        try (InputStream library = HuggingFaceTokenizer.class.getResourceAsStream(resource)) {
            if (library == null) {
                throw new LibraryException("the tokenizers library is not on the class path (" + resource
                        + "); irscale runs on Linux x86-64");
            }
            Path folder = Utils.getEngineCacheDir("tokenizers")
                    .resolve(platform.getVersion() + "-cpu-" + platform.getClassifier());
            Files.createDirectories(folder);
            CachedLibrary.write(folder.resolve(NAME), library.readAllBytes());
        } catch (IOException e) {
            throw new LibraryException(
                    "cannot unpack " + NAME + " (" + e + "); set IRSCALE_CACHE to a folder you may write to", e);
        }
    }

    private static void setUnlessGiven(String property, String variable, String value) {
        if (System.getenv(variable) == null && System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private static boolean given(String name) {
        String variable = System.getenv(name);
        String value = variable == null ? System.getProperty(name) : variable;
        return value != null && !value.isEmpty();
    }
}
