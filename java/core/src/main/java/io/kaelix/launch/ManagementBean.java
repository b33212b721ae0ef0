// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import io.kaelix.KaelixException;
import io.kaelix.SubscriberStatus;
import io.kaelix.config.Setting;
import io.kaelix.runtime.Health;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.Collectors;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.ObjectName;

/** Registers a {@link Kaelix} in JMX, under a name that nobody has there. */
final class ManagementBean implements KaelixMXBean, AutoCloseable {

    private static final int MOST_NAMESAKES = 1_000;

    private final Kaelix kaelix;
    private ObjectName registered;

    private ManagementBean(final Kaelix kaelix) {
        this.kaelix = kaelix;
    }

    /**
     * Shows it from now on. A second one of a name is {@code name-2}.
     *
     * @throws KaelixException if that cannot be
     */
    static ManagementBean register(final Kaelix kaelix, final String name) {
        final ManagementBean bean = new ManagementBean(kaelix);
        try {
            for (int number = 1; number <= MOST_NAMESAKES; number++) {
                if (bean.register(number == 1 ? name : name + '-' + number)) {
                    return bean;
                }
            }
            throw new KaelixException("JMX knows " + MOST_NAMESAKES + " instances of " + name + " already: close some");
        } catch (final JMException e) {
            throw new KaelixException("JMX refuses the bean of " + name + " (" + e + "): telemetry.jmx = false is without", e);
        }
    }

    private boolean register(final String name) throws JMException {
        // Registering answers the name that the server knows it by.
        final String value = name.matches("[\\w .-]+") ? name : ObjectName.quote(name);
        try {
            registered = ManagementFactory.getPlatformMBeanServer()
                    .registerMBean(this, new ObjectName("io.kaelix:type=Kaelix,name=" + value)).getObjectName();
            return true;
        } catch (final InstanceAlreadyExistsException taken) {
            return false;
        }
    }

    /** What JMX knows it by. */
    ObjectName name() {
        return registered;
    }

    @Override
    public void close() {
        try {
            ManagementFactory.getPlatformMBeanServer().unregisterMBean(registered);
        } catch (final InstanceNotFoundException gone) {
            // Somebody else has taken it away.
        } catch (final JMException e) {
            throw new KaelixException("JMX keeps the bean " + registered + " (" + e + ')', e);
        }
    }

    private static String text(final List<Setting> settings) {
        return settings.stream().map(setting -> setting.key().path() + " = " + setting.text() + " # " + setting.origin())
                .collect(Collectors.joining("\n"));
    }

    @Override
    public String getConfiguration() {
        return text(kaelix.config().settings());
    }

    @Override
    public String getNeedRestart() {
        return text(kaelix.needRestart());
    }

    @Override
    public String getHealth() {
        final Health health = kaelix.scheduler().health();
        return health.state() + ": " + health.reason();
    }

    @Override
    public long getExecuted() {
        return kaelix.scheduler().performanceMetrics().executed();
    }

    @Override
    public long getQueueDepth() {
        return kaelix.scheduler().performanceMetrics().taskQueueDepth();
    }

    @Override
    public long getLagMaximum() {
        return kaelix.streamer().subscribers().stream().mapToLong(SubscriberStatus::lagMessages).max().orElse(0);
    }

    @Override
    public long getLost() {
        return kaelix.streamer().subscribers().stream().mapToLong(SubscriberStatus::lost).sum();
    }

    @Override
    public long getReloads() {
        return kaelix.reloads();
    }

    @Override
    public long getRefusedReloads() {
        return kaelix.refusedReloads();
    }

    @Override
    public String getCounterFile() {
        return kaelix.telemetry().counterFile().map(Object::toString).orElse("");
    }

    @Override
    public String reload() {
        return kaelix.reload().toString();
    }
}
