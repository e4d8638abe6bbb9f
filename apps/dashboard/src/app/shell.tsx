import { AppShell, Burger, Group, NavLink, ScrollArea, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { Icon } from '../components/icon.js';
import { KeyButton } from '../keys/key-button.js';
import { ColorSchemeButton } from './color-scheme-button.js';
import { Logo } from './logo.js';
import { PAGES } from './pages.js';
import classes from './shell.module.css';

/** Header, navigation (behind a button on small screens) and the page. */
export function Shell() {
  const [opened, { toggle, close }] = useDisclosure(false);
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  useAnnouncedPage(pathname, main);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 220, breakpoint: 'md', collapsed: { mobile: !opened } }}
      padding={{ base: 'sm', sm: 'lg' }}
      transitionDuration={0}
    >
      <a className="zr-skip" href="#main">
        Skip to the page
      </a>
      <AppShell.Header className={classes.bar}>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="md"
              size="sm"
              aria-label={opened ? 'Close the navigation' : 'Open the navigation'}
              aria-expanded={opened}
            />
            <Link to="/" className={classes.brand} onClick={close}>
              <Logo />
              <Text component="span" fw={700}>
                ZeroRouter
              </Text>
            </Link>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <ColorSchemeButton />
            <KeyButton />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className={classes.bar} aria-label="Pages">
        <ScrollArea h="100%" p="sm">
          <Stack gap={4}>
            {PAGES.map(({ path, title, icon }) => (
              <NavLink
                key={path}
                renderRoot={(props) => <Link to={path} {...props} />}
                label={title}
                leftSection={<Icon name={icon} />}
                active={isWithin(pathname, path)}
                aria-current={isWithin(pathname, path) ? 'page' : undefined}
                onClick={close}
                className={classes.link}
              />
            ))}
            <NavLink
              href="/docs"
              label="API reference"
              leftSection={<Icon name="book" />}
              className={classes.link}
            />
          </Stack>
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id="main" ref={main} tabIndex={-1} className={classes.main}>
        <div className={classes.page}>
          <Outlet />
        </div>
      </AppShell.Main>
    </AppShell>
  );
}

function isWithin(pathname: string, path: string): boolean {
  return path === '/' ? pathname === '/' : pathname === path || pathname.startsWith(`${path}/`);
}

/** Names the page in the title, and puts the focus on it when another was chosen. */
function useAnnouncedPage(pathname: string, main: React.RefObject<HTMLElement | null>): void {
  const earlier = useRef(pathname);
  useEffect(() => {
    const page = PAGES.find(({ path }) => isWithin(pathname, path));
    document.title = page === undefined ? 'ZeroRouter' : `${page.title} · ZeroRouter`;
    if (earlier.current !== pathname) main.current?.focus({ preventScroll: true });
    earlier.current = pathname;
  }, [pathname, main]);
}
