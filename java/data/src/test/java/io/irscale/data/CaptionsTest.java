package io.irscale.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.irscale.data.image.ImageSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CaptionsTest {
    @Test
    void objectsAreCountedAndJoined() {
        assertThat(caption()).isEqualTo("photo at night");
        assertThat(caption("dont_care", "person?")).isEqualTo("photo at night");
        assertThat(caption("person", "car")).isEqualTo("photo at night, with one car and one person");
        assertThat(caption("bus", "people", "car", "bus", "motor"))
                .isEqualTo("photo at night, with one car, one group of people, two buses and one motorcycle");
        assertThat(caption(Stream.generate(() -> "car").limit(10).toArray(String[]::new)))
                .isEqualTo("photo at night, with ten cars");
        assertThat(caption(Stream.generate(() -> "OtherVehicle").limit(11).toArray(String[]::new)))
                .isEqualTo("photo at night, with many other vehicles");
    }

    @Test
    void numbersAreObjectsAndPluralsAreEnglish() {
        assertThat(caption("0", "1")).isEqualTo("photo at night, with two objects");
        assertThat(caption("bench", "bench", "Lamp", "baby", "baby", "toy", "toy"))
                .isEqualTo("photo at night, with two babies, two benches, one lamp and two toys");
    }

    @Test
    void nothingIsClaimedOfWhatIsUnknown() {
        Sample sample = sample(Optional.empty());
        assertThat(Captions.of("photo{objects}").of(sample)).contains("photo");
        assertThat(Captions.of("photo{objects!}").of(sample)).isEmpty();
        assertThat(Captions.of("photo{objects!}").of(sample(Optional.of(List.of()))))
                .contains("photo");
        assertThat(Captions.of("photo at {place}").of(sample)).isEmpty();
        assertThat(Captions.of("photo at {time}").of(sample)).contains("photo at night");
    }

    private static String caption(String... categories) {
        List<Box> boxes = Stream.of(categories)
                .map(category -> new Box(category, 0, 0, 1, 1))
                .toList();
        return Captions.of("photo at {time}{objects}")
                .of(sample(Optional.of(boxes)))
                .orElseThrow();
    }

    private static Sample sample(Optional<List<Box>> boxes) {
        return new Sample(ImageSource.of(Path.of("a.png")), Optional.empty(), boxes, "v", Map.of("time", "night"));
    }
}
