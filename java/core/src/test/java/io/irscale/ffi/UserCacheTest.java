package io.irscale.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UserCacheTest {
    private static final String HOME = "/home/ada";

    @Test
    void cacheIsTheUsersOwnUnlessChosen() {
        Path own = Path.of("/home/ada/.cache/irscale");
        assertThat(UserCache.root(Map.of(), null, HOME)).isEqualTo(own);
        assertThat(UserCache.root(Map.of("XDG_CACHE_HOME", "relative"), null, HOME))
                .isEqualTo(own);
        assertThat(UserCache.root(Map.of("XDG_CACHE_HOME", "/var/ada"), null, HOME))
                .isEqualTo(Path.of("/var/ada/irscale"));
        Map<String, String> both = Map.of("IRSCALE_CACHE", "/srv/cache", "XDG_CACHE_HOME", "/var/ada");
        assertThat(UserCache.root(both, null, HOME)).isEqualTo(Path.of("/srv/cache"));
        assertThat(UserCache.root(both, "/mnt/cache", HOME)).isEqualTo(Path.of("/mnt/cache"));
    }
}
