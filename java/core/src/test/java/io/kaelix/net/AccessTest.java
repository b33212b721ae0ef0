// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static io.kaelix.TopicRule.Action.BOTH;
import static io.kaelix.TopicRule.Action.PUBLISH;
import static io.kaelix.TopicRule.Action.SUBSCRIBE;
import static io.kaelix.TopicRule.EVERYBODY;
import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.ListenConfig;
import io.kaelix.TlsConfig;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.TopicRule;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who a peer is, and what it may do. */
class AccessTest {

    private static final TlsConfig WITH_CLIENTS = TlsConfig.server(Path.of("c"), Path.of("k")).withClients(Path.of("t"));

    private static boolean maySubscribe(final Access access, final String pattern) {
        return access.maySubscribe("alice", TopicPattern.of(pattern));
    }

    private static boolean mayReceive(final Access access, final String topic) {
        return access.maySubscribe("alice", TopicPattern.of(Topic.of(topic)));
    }

    private static boolean mayPublish(final Access access, final String topic) {
        return access.mayPublish("alice", Topic.of(topic));
    }

    private static Access of(final TopicRule... rules) {
        return new Access(List.of(rules));
    }

    @Test
    void shouldTakeEverybodyForAnyoneWhenNothingIsAskedFor() {
        final Access access = new Access(ListenConfig.defaults());
        assertThat(access.identity(Access.Shown.of(null, null))).isEqualTo(ListenConfig.ANYONE);
        assertThat(access.identity(Access.Shown.of("whatever", "alice"))).isEqualTo(ListenConfig.ANYONE);
    }

    @Test
    void shouldKnowPeersByTheirTokens() {
        final Access access = new Access(ListenConfig.defaults().withTokens(Map.of("s3cret", "alice", "s3cre", "bob", "0ther", "alice")));
        assertThat(access.identity(Access.Shown.of("s3cret", null))).isEqualTo("alice");
        assertThat(access.identity(Access.Shown.of("0ther", null))).isEqualTo("alice");
        assertThat(access.identity(Access.Shown.of("s3cre", "alice"))).isEqualTo("bob");
        for (final String wrong : new String[]{null, "", "s", "s3cret ", "S3cret", "s3cret\0", "alice", "x".repeat(2_000)}) {
            assertThat(access.identity(Access.Shown.of(wrong, "alice"))).isNull();
        }
    }

    @Test
    void shouldKnowPeersByTheirCertificates() {
        final Access access = new Access(ListenConfig.defaults().withTls(WITH_CLIENTS));
        assertThat(access.identity(Access.Shown.of(null, "alice"))).isEqualTo("alice");
        assertThat(access.identity(Access.Shown.of("anything", null))).isNull();
    }

    @Test
    void shouldAskForTokenAndCertificateOfTheSameIdentity() {
        final Access access = new Access(ListenConfig.defaults().withTls(WITH_CLIENTS).withTokens(Map.of("s3cret", "alice")));
        assertThat(access.identity(Access.Shown.of("s3cret", "alice"))).isEqualTo("alice");
        assertThat(access.identity(Access.Shown.of("s3cret", "bob"))).isNull();
        assertThat(access.identity(Access.Shown.of("s3cret", null))).isNull();
        assertThat(access.identity(Access.Shown.of(null, "alice"))).isNull();
        assertThat(access.identity(Access.Shown.of("wrong", "alice"))).isNull();
    }

    @Test
    void shouldTellNoTokenInItsText() {
        assertThat(new Tokens(Map.of("s3cret", "alice"))).hasToString("Tokens[1]");
        assertThat(ListenConfig.defaults().withTokens(Map.of("s3cret", "alice")).toString()).doesNotContain("s3cret");
    }

    @Test
    void shouldAllowEverythingWithoutRules() {
        final Access access = of();
        assertThat(mayPublish(access, "a")).isTrue();
        assertThat(mayReceive(access, "a")).isTrue();
        assertThat(maySubscribe(access, ">")).isTrue();
    }

    @Test
    void shouldRefuseWhatNoRuleIsAbout() {
        final Access access = of(TopicRule.allow("bob", BOTH, ">"), TopicRule.allow("alice", PUBLISH, "in.>"),
                TopicRule.allow("alice", SUBSCRIBE, "out.*"));
        assertThat(mayPublish(access, "in.a")).isTrue();
        assertThat(mayPublish(access, "out.a")).isFalse();
        assertThat(mayReceive(access, "in.a")).isFalse();
        assertThat(mayReceive(access, "out.a")).isTrue();
        assertThat(maySubscribe(access, "out.*")).isTrue();
        assertThat(maySubscribe(access, "out.>")).isFalse();
        assertThat(maySubscribe(access, "in.a")).isFalse();
        assertThat(access.mayPublish("*", Topic.of("in.a"))).isFalse();
    }

    @Test
    void shouldLetTheFirstRuleThatFitsDecide() {
        final Access access = of(TopicRule.allow(EVERYBODY, BOTH, "a.b"), TopicRule.deny("alice", BOTH, "a.*"),
                TopicRule.allow(EVERYBODY, BOTH, "a.>"));
        assertThat(mayPublish(access, "a.b")).isTrue();
        assertThat(mayPublish(access, "a.c")).isFalse();
        assertThat(mayPublish(access, "a.c.d")).isTrue();
        assertThat(access.mayPublish("bob", Topic.of("a.c"))).isTrue();
    }

    @Test
    void shouldRefuseAPatternOfWhichPartIsDenied() {
        final Access access = of(TopicRule.deny("alice", SUBSCRIBE, "orders.secret.>"), TopicRule.allow("alice", SUBSCRIBE, "orders.>"));
        assertThat(maySubscribe(access, "orders.eu.>")).isTrue();
        assertThat(maySubscribe(access, "orders.eu")).isTrue();
        assertThat(maySubscribe(access, "orders.>")).isFalse();
        assertThat(maySubscribe(access, "orders.*.a")).isFalse();
        assertThat(maySubscribe(access, "orders.*")).isTrue();
        assertThat(maySubscribe(access, "orders.secret.a")).isFalse();
        assertThat(maySubscribe(access, ">")).isFalse();
        assertThat(maySubscribe(access, "*.eu")).isFalse();
    }
}
