//! Against the gateway at OPENCLAW_BASE_URL, whose owner has OPENCLAW_TOKEN: `client.test.ts` starts one.

use std::env;

use eventsource_stream::{Event, Eventsource};
use futures_util::{Stream, StreamExt};
use openclaw::{
    ByteStream, Client, Error, ResponseValue,
    types::{ApiError, ErrorCode, MessageStreamEvent, OperatorAccepted, SendMessageRequestSessionId, SendMessageRequestUserId},
};
use reqwest::header::{AUTHORIZATION, HeaderMap};

/// A client of the gateway's owner.
fn owner() -> Client {
    client(&env::var("OPENCLAW_TOKEN").expect("OPENCLAW_TOKEN"))
}

fn client(token: &str) -> Client {
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
    let http = reqwest::Client::builder().default_headers(headers).build().unwrap();
    Client::new_with_client(&env::var("OPENCLAW_BASE_URL").expect("OPENCLAW_BASE_URL"), http)
}

/// The events of an answer, each with its id.
fn events(answer: ResponseValue<ByteStream>) -> impl Stream<Item = (String, MessageStreamEvent)> + Unpin {
    answer.into_inner_stream().eventsource().map(|event| {
        let Event { id, data, .. } = event.unwrap();
        (id, serde_json::from_str(&data).unwrap())
    })
}

/// The text of those that are pieces of it.
fn text<'a>(events: impl IntoIterator<Item = &'a (String, MessageStreamEvent)>) -> String {
    events
        .into_iter()
        .filter_map(|(_, event)| match event {
            MessageStreamEvent::TokenEvent(token) => Some(token.content.as_str()),
            _ => None,
        })
        .collect()
}

/// What the gateway refused a request with.
fn refusal<T: std::fmt::Debug>(answer: Result<T, Error<ApiError>>) -> ApiError {
    match answer {
        Err(Error::ErrorResponse(error)) => {
            assert_eq!(i32::from(error.status().as_u16()), error.status);
            error.into_inner()
        }
        other => panic!("no refusal: {other:?}"),
    }
}

#[tokio::test]
async fn a_conversation_goes_on() {
    let client = owner();
    let first = client.send_message().body_map(|body| body.message("One")).send().await.unwrap();
    assert_eq!(first.response, "You said: One");

    let session = SendMessageRequestSessionId::try_from(first.session_id.as_str()).unwrap();
    let second = client.send_message().body_map(|body| body.message("Two").session_id(session)).send().await.unwrap();
    assert_eq!(second.session_id, first.session_id);

    let history = client.get_session_history().session_id(first.session_id.clone()).send().await.unwrap();
    let said: Vec<_> = history.messages.iter().map(|message| message.content.as_str()).collect();
    assert_eq!(said, ["One", "You said: One", "Two", "You said: Two"]);
}

#[tokio::test]
async fn a_stream_has_each_event_as_what_it_is() {
    let answer = owner().stream_message().body_map(|body| body.message("Tell me a story")).send().await.unwrap();
    let events: Vec<_> = events(answer).collect().await;
    assert_eq!(text(&events), "You said: Tell me a story");
    assert!(matches!(events.last(), Some((_, MessageStreamEvent::WorkspacesDoneEvent(done))) if done.tokens_used > 0));
}

#[tokio::test]
async fn a_stream_that_was_left_is_taken_up_behind_its_last_event() {
    let client = owner();
    let answer = client.stream_message().body_map(|body| body.message("One two three four five")).send().await.unwrap();
    let run = answer.headers()["x-run-id"].to_str().unwrap().to_owned();
    let mut seen: Vec<_> = events(answer).take(2).collect().await;

    let last = |seen: &[(String, _)]| seen.last().unwrap().0.clone();
    let rest = client.stream_run_events().run_id(run.clone()).last_event_id(last(&seen)).send().await.unwrap();
    seen.extend(events(rest).collect::<Vec<_>>().await);
    assert_eq!(text(&seen), "You said: One two three four five");

    let over = client.stream_run_events().run_id(run).last_event_id(last(&seen)).send().await;
    assert!(matches!(over, Err(Error::UnexpectedResponse(answer)) if answer.status() == 204));
}

#[tokio::test]
async fn a_turn_in_the_background_is_accepted() {
    let answer = owner().message().body_map(|body| body.channel("api").message("Later").wait_for_response(false)).send().await;
    let Err(Error::UnexpectedResponse(answer)) = answer else { panic!("answered at once") };
    assert_eq!(answer.status(), 202);
    let accepted: OperatorAccepted = answer.json().await.unwrap();
    assert!(accepted.run_id.starts_with("run_"));
}

#[tokio::test]
async fn a_list_is_read_page_by_page() {
    let client = owner();
    let user = SendMessageRequestUserId::try_from("rust-pages").unwrap();
    let mut begun = vec![];
    for _ in 0..3 {
        let answer = client.send_message().body_map(|body| body.message("Hello").user_id(user.clone())).send().await.unwrap();
        begun.push(answer.session_id.clone());
    }
    let mut sessions = vec![];
    let mut pages = 1;
    let mut page = client.list_sessions().user_id("rust-pages").limit(2u32).send().await.unwrap().into_inner();
    loop {
        sessions.extend(page.sessions.into_iter().map(|session| session.id));
        let Some(cursor) = page.next_cursor else { break };
        page = client.list_sessions().user_id("rust-pages").limit(2u32).cursor(cursor).send().await.unwrap().into_inner();
        pages += 1;
    }
    begun.sort();
    sessions.sort();
    assert_eq!((pages, sessions), (2, begun));
}

#[tokio::test]
async fn what_is_not_there_is_a_404() {
    let error = refusal(owner().get_session().session_id("sess_nobody").send().await);
    assert_eq!((error.status, error.error), (404, ErrorCode::NotFound));
    assert!(error.request_id.starts_with("req_"));
}

#[tokio::test]
async fn a_wrong_token_is_a_401() {
    let error = refusal(client("oc_tok_nobodys").list_sessions().send().await);
    assert_eq!((error.status, error.error), (401, ErrorCode::Unauthorized));
}

#[tokio::test]
async fn a_request_that_breaks_the_contract_is_a_400_that_names_the_field() {
    let error = refusal(owner().list_sessions().limit(101u32).send().await);
    assert_eq!((error.status, error.error), (400, ErrorCode::BadRequest));
    assert_eq!(error.details.errors[0].path, "/query/limit");
}

#[tokio::test]
async fn what_breaks_a_pattern_is_not_even_sent() {
    let answer = owner().send_message().body_map(|body| body.message("")).send().await;
    assert!(matches!(answer, Err(Error::InvalidRequest(_))));
}
