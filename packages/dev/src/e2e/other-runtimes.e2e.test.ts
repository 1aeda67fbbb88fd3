import { execFile, spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startTestServer, type TestServer } from '@affluent/server/testing/test-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ClientFront, typesOf } from './client-front.ts'

/**
 * Packages that have not come in this time are not waited for: their tests are skipped. They are fetched side by side.
 */
const INSTALL_MS = 60_000
const RUN_MS = 60_000
const SIX_CALLS = ['alias', 'group', 'identify', 'page', 'screen', 'track']
const run = promisify(execFile)

const PYTHON_PACKAGE = 'segment-analytics-python==2.3.6'
const GO_PACKAGE = 'github.com/segmentio/analytics-go/v3@v3.3.0'
const JAVA_PACKAGE = { group: 'com.segment.analytics.java', artifact: 'analytics', version: '3.5.4' }

let server: TestServer
let folder: string
/** Why a client cannot run here; undefined: it can. */
let missing: Readonly<Record<'python' | 'go' | 'java', Promise<string | undefined>>>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'affluent-clients-'))
  missing = {
    python: whyMissing(['python3'], installPython()),
    go: whyMissing(['go'], installGo()),
    java: whyMissing(['java', 'mvn'], installJava()),
  }
  server = await startTestServer()
})
afterAll(async () => {
  await Promise.all(Object.values(missing))
  await server?.stop()
  await rm(folder, { recursive: true, force: true, maxRetries: 10 })
})

async function whyMissing(
  programs: readonly string[],
  install: Promise<unknown>,
): Promise<string | undefined> {
  const installed = install.then(
    () => undefined,
    (error: { killed?: boolean; code?: unknown }) =>
      error.killed === true || error.code === 'ABORT_ERR'
        ? `its package did not come in ${INSTALL_MS / 1000} s`
        : 'its package cannot be had',
  )
  const absent = programs.filter(
    (name) => spawnSync(name, [name === 'go' ? 'version' : '--version']).status !== 0,
  )
  const fault = await installed
  return absent.length > 0 ? `needs ${absent.join(' and ')}` : fault
}

async function installPython(): Promise<void> {
  const given = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--retries',
    '0',
    '--target',
    join(folder, 'python'),
    PYTHON_PACKAGE,
  ]
  await run('python3', given, { timeout: INSTALL_MS })
}

async function installGo(): Promise<void> {
  const cwd = join(folder, 'go')
  await mkdir(cwd)
  await writeFile(join(cwd, 'main.go'), GO_PROGRAM)
  const signal = AbortSignal.timeout(INSTALL_MS)
  for (const given of [
    ['mod', 'init', 'example.com/client'],
    ['get', GO_PACKAGE],
    ['build', '-mod=mod', '-o', 'client', '.'],
  ])
    await run('go', given, { cwd, signal })
}

async function installJava(): Promise<void> {
  const cwd = join(folder, 'java')
  await mkdir(cwd)
  await writeFile(join(cwd, 'pom.xml'), POM)
  await writeFile(join(cwd, 'Client.java'), JAVA_PROGRAM)
  const given = ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=libs']
  await run('mvn', given, { cwd, timeout: INSTALL_MS })
}

test("Segment's client for Python, unchanged: its six calls arrive, each once, while answers are 503, 429 and lost", {
  timeout: INSTALL_MS + RUN_MS,
}, async (context) => {
  const why = await missing.python
  if (why !== undefined) return context.skip(why)
  const front = await ClientFront.start(server, [503, 429, 'answer lost'])
  const code = `
import sys
sys.path.insert(0, sys.argv[3])
import segment.analytics as analytics
analytics.write_key, analytics.host, analytics.gzip = sys.argv[1], sys.argv[2], True
def failed(error, items): print(error, file=sys.stderr); sys.exit(1)
analytics.on_error = failed
analytics.identify('python', {'email': 'ada@python.example', 'plan': 'gold'})
analytics.track('python', 'Order Completed', {'revenue': 20})
analytics.page('python', 'Shop', 'Home')
analytics.screen('python', 'Shop', 'Start')
analytics.group('python', 'acme', {'size': 3})
analytics.alias('python before', 'python')
analytics.shutdown()`
  await run('python3', ['-c', code, server.keys.writeKey, front.url, join(folder, 'python')], {
    timeout: RUN_MS,
  })
  await front.expectStored(6)
  expect(await typesOf(server, 'user_id', 'python')).toEqual(SIX_CALLS)
  expect((await server.profile('user_id', 'python'))?.traits).toMatchObject({ plan: 'gold' })
  await front.stop()
})

test("Segment's client for Go, unchanged: its six calls arrive, each once, while answers are 503, 429 and lost", {
  timeout: INSTALL_MS + RUN_MS,
}, async (context) => {
  const why = await missing.go
  if (why !== undefined) return context.skip(why)
  const front = await ClientFront.start(server, [503, 429, 'answer lost'])
  await run(join(folder, 'go/client'), [server.keys.writeKey, front.url], {
    timeout: RUN_MS,
  })
  await front.expectStored(6)
  expect(await typesOf(server, 'user_id', 'go')).toEqual(SIX_CALLS)
  expect((await server.profile('user_id', 'go'))?.traits).toMatchObject({ plan: 'gold' })
  await front.stop()
})

// it waits until all is sent: closed while it is refused, this client throws away what it holds
const GO_PROGRAM = `package main

import (
	"os"
	"sync"

	"github.com/segmentio/analytics-go/v3"
)

type callback struct{ sent *sync.WaitGroup }

func (c callback) Success(analytics.Message)            { c.sent.Done() }
func (c callback) Failure(_ analytics.Message, e error) { panic(e) }

func main() {
	var sent sync.WaitGroup
	client, err := analytics.NewWithConfig(os.Args[1], analytics.Config{Endpoint: os.Args[2], BatchSize: 6, Callback: callback{&sent}})
	if err != nil {
		panic(err)
	}
	messages := []analytics.Message{
		analytics.Identify{UserId: "go", Traits: analytics.NewTraits().SetEmail("ada@go.example").Set("plan", "gold")},
		analytics.Track{UserId: "go", Event: "Order Completed", Properties: analytics.NewProperties().SetRevenue(20)},
		analytics.Page{UserId: "go", Name: "Home"},
		analytics.Screen{UserId: "go", Name: "Start"},
		analytics.Group{UserId: "go", GroupId: "acme", Traits: analytics.NewTraits().Set("size", 3)},
		analytics.Alias{UserId: "go", PreviousId: "go before"},
	}
	sent.Add(len(messages))
	for _, message := range messages {
		if err := client.Enqueue(message); err != nil {
			panic(err)
		}
	}
	sent.Wait()
	if err := client.Close(); err != nil {
		panic(err)
	}
}
`

test("Segment's client for Java, unchanged: its six calls arrive, each once, while an answer is 503", {
  timeout: INSTALL_MS + RUN_MS,
}, async (context) => {
  const why = await missing.java
  if (why !== undefined) return context.skip(why)
  const front = await ClientFront.start(server, [503])
  const given = ['-cp', 'libs/*', 'Client.java', server.keys.writeKey, front.url]
  const { stdout } = await run('java', given, { cwd: join(folder, 'java'), timeout: RUN_MS })
  expect(stdout).toContain('6 sent')
  await front.expectStored(6)
  expect(await typesOf(server, 'user_id', 'java')).toEqual(SIX_CALLS)
  expect((await server.profile('user_id', 'java'))?.traits).toMatchObject({ plan: 'gold' })
  expect(front.seen.every(({ path }) => path === '/v1/import/')).toBe(true)
  await front.stop()
})

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>com.example</groupId><artifactId>client</artifactId><version>1</version>
  <dependencies>
    <dependency>
      <groupId>${JAVA_PACKAGE.group}</groupId><artifactId>${JAVA_PACKAGE.artifact}</artifactId><version>${JAVA_PACKAGE.version}</version>
    </dependency>
  </dependencies>
</project>
`
const JAVA_PROGRAM = `
import com.segment.analytics.*;
import com.segment.analytics.messages.*;
import java.util.*;
import java.util.concurrent.*;

class Client {
  public static void main(String[] given) throws Exception {
    CountDownLatch sent = new CountDownLatch(6);
    Callback callback = new Callback() {
      public void success(Message message) { sent.countDown(); }
      public void failure(Message message, Throwable error) { error.printStackTrace(); }
    };
    Analytics analytics = Analytics.builder(given[0]).endpoint(given[1]).callback(callback).build();
    analytics.enqueue(IdentifyMessage.builder().userId("java").traits(Map.of("email", "ada@java.example", "plan", "gold")));
    analytics.enqueue(TrackMessage.builder("Order Completed").userId("java").properties(Map.of("revenue", 20)));
    analytics.enqueue(PageMessage.builder("Home").userId("java"));
    analytics.enqueue(ScreenMessage.builder("Start").userId("java"));
    analytics.enqueue(GroupMessage.builder("acme").userId("java").traits(Map.of("size", 3)));
    analytics.enqueue(AliasMessage.builder("java before").userId("java"));
    analytics.flush();
    sent.await(50, TimeUnit.SECONDS);
    System.out.println((6 - sent.getCount()) + " sent");
    analytics.shutdown();
    System.exit(0);
  }
}
`
