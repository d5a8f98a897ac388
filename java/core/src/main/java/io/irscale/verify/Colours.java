package io.irscale.verify;

import io.irscale.tensor.JsonConfig;
import java.util.Arrays;

/** A mean or deviation of each colour in a configuration: three numbers, or one for all. */
final class Colours {
    private Colours() {}

    static double[] means(JsonConfig config, String key) {
        return read(config, key, ClipPreprocessing.CLIP_MEAN);
    }

    static double[] deviations(JsonConfig config, String key) {
        double[] std = read(config, key, ClipPreprocessing.CLIP_STD);
        for (double value : std) {
            if (!(value > 0)) {
                throw config.wrong(key, value, "a number above 0");
            }
        }
        return std;
    }

    private static double[] read(JsonConfig config, String key, double[] absent) {
        if (config.isNumber(key)) {
            double[] same = new double[3];
            Arrays.fill(same, config.number(key, 0));
            return same;
        }
        double[] values = config.numbers(key).orElse(absent);
        if (values.length != 3) {
            throw config.wrong(key, values.length + " values", "3");
        }
        return values;
    }
}
